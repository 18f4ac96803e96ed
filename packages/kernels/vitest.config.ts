import { defineConfig } from "vitest/config";

import { shared } from "../../vitest.shared.ts";
import { workerFlags } from "./src/node/simd-flags.ts";

const include = ["src/**/*.test.ts"];

// Every test runs twice: as V8 compiles by itself, and with adjacent vectors widened to 256 bits.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "kernels, plain", include, ...shared } },
      {
        test: { name: "kernels, widened", include, pool: "forks", execArgv: workerFlags(256), ...shared },
      },
    ],
  },
});
