import { defineConfig } from "vitest/config";

import { shared } from "../../vitest.shared.ts";
import { getWorkerFlags } from "./src/node/simd-flags.ts";

const include = ["src/**/*.test.ts"];

// Every test runs twice: with V8's default instructions, and with 256-bit instructions.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "kernels, plain", include, ...shared } },
      {
        test: { name: "kernels, widened", include, pool: "forks", execArgv: getWorkerFlags(256), ...shared },
      },
    ],
  },
});
