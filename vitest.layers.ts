import { defineConfig } from "vitest/config";

import { shared } from "./vitest.shared.ts";

/** The tests of the layers beside the experiments, which belong to no package. */
export default defineConfig({ test: { ...shared, root: "experiments", name: "experiments" } });
