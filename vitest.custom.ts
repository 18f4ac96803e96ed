import { defineConfig } from "vitest/config";

import { shared } from "./vitest.shared.ts";

/** The tests of custom parts and scripts, which lie in any folder of the project and belong to no package. */
export default defineConfig({
  test: {
    ...shared,
    name: "custom",
    include: ["**/*.test.ts"],
    exclude: ["packages/**", "bench/**", "data/**", "results/**", "**/node_modules/**"],
  },
});
