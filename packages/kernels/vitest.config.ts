import { defineConfig } from "vitest/config";

import { shared } from "../../vitest.shared.ts";
import { getNodeFlags } from "./src/node/simd-flags.ts";

const include = ["src/**/*.test.ts"];

// Every test runs twice: with V8's default instructions, and with 256-bit instructions.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "kernels, 128-bit", include, ...shared } },
      {
        test: { name: "kernels, 256-bit", include, pool: "forks", execArgv: getNodeFlags(256), ...shared },
      },
    ],
  },
});
