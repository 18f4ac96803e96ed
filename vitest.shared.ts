import { fileURLToPath } from "node:url";

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What holds for the tests of every package. */
export const shared = {
  // A test may take as long as the machine needs: what is slow on a busy laptop is no failure.
  testTimeout: 900_000,
  hookTimeout: 900_000,
  // A test that asserts nothing cannot fail.
  expect: { requireAssertions: true },
  // Files of one worker share what they import: loading it anew for each of them took most of the time of the
  // small ones. No test replaces a module or changes a global; where one has to, its package sets `isolate`
  // for that file.
  isolate: false,
  globalSetup: fileOf("./vitest.seed.ts"),
  setupFiles: [fileOf("./vitest.setup.ts")],
};
