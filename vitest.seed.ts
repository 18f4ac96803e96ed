import { randomInt } from "node:crypto";

import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    propertySeed: number;
  }
}

const FIXED = 1;

/**
 * Chooses and prints the seed of the property-based tests: a fixed one, so that the result of a test depends
 * only on the code; a random one with `--mode random`; or the one in NN_TEST_SEED, to reproduce a failure.
 */
export default function provideSeed(project: TestProject): void {
  const given = process.env["NN_TEST_SEED"];
  const isRandom = project.vite.config.mode === "random";
  const seed = given ? Number(given) : isRandom ? randomInt(2 ** 31) : FIXED;
  if (!Number.isInteger(seed)) throw new Error(`NN_TEST_SEED: expected a whole number, got "${given}"`);
  project.provide("propertySeed", seed);
  console.log(`${project.name || "tests"}: property-based tests run from seed ${seed}`);
}
