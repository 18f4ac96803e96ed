import { fileURLToPath } from "node:url";

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The test settings that all packages share. */
export const shared = {
  // Tests have no short time limit, because a slow test on a busy laptop is not a failure.
  testTimeout: 900_000,
  hookTimeout: 900_000,
  // A test without assertions is an error, because it cannot fail.
  expect: { requireAssertions: true },
  // Files of one worker share what they import: loading it anew for each of them took most of the time of the
  // small ones. No test replaces a module or changes a global; where one has to, its package sets `isolate`
  // for that file.
  isolate: false,
  globalSetup: fileOf("./vitest.seed.ts"),
  setupFiles: [fileOf("./vitest.setup.ts")],
};
