import { readFileSync, writeFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { ResumableTrials } from "../testing/resumed-training.ts";
import { toySpec } from "../testing/toy-training.ts";

/** Number of damaged files; see CONTRIBUTING.md for testing more of them. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 50);

/** An offset and the damage there: a flipped bit, the end of the file, or replaced bytes. */
const damage = fc.record({
  place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  kind: fc.oneof(
    fc.record({ flipped: fc.integer({ min: 0, max: 7 }) }),
    fc.constant("cut" as const),
    fc.uint8Array({ minLength: 1, maxLength: 40 }),
  ),
});

test("a trial with a damaged checkpoint starts over, wherever the damage is in the file", async () => {
  const trials = ResumableTrials.forTest();
  const spec = { ...toySpec, training: { ...toySpec.training, epochs: 2 } };
  const whole = await trials.train("whole", spec);
  await trials.train("killed", spec, { killedAfter: 8 });
  const intact = readFileSync(trials.checkpoint("killed"));
  await fc.assert(
    fc.asyncProperty(damage, async ({ place, kind }) => {
      const at = Math.floor(place * intact.length);
      let bytes = Buffer.from(intact);
      if (kind === "cut") bytes = bytes.subarray(0, at);
      else if (kind instanceof Uint8Array) bytes.set(kind.subarray(0, bytes.length - at), at);
      else bytes[at] = bytes[at]! ^ (1 << kind.flipped);
      fc.pre(!bytes.equals(intact));
      writeFileSync(trials.checkpoint("killed"), bytes);
      const again = await trials.train("killed", spec);
      expect(again.resumed).toBeUndefined();
      expect(again.notices).toHaveLength(1);
      expect(again.weights).toEqual(whole.weights);
    }),
    { numRuns: RUNS },
  );
}, 1_800_000);
