import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

import { shared } from "../../vitest.shared.ts";

export default defineConfig({
  test: {
    include: ["{src,test}/**/*.test.ts"],
    // Tests of whole commands wait for processes most of the time: for their start, their signals, and for
    // clocks to run out.
    maxWorkers: Math.max(3, availableParallelism()),
    ...shared,
  },
});
