import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { loadExperiment } from "./load-experiment.ts";
import { SpecErrors } from "./problem.ts";

const VALID = `name: small
description: "what it asks: nothing"
seed: 1
repeats: 2
dataset: { type: mnist, validation: 10000 }
model:
  initializer: { type: he }
  layers:
    - { type: flatten }
    - &hidden { type: dense, units: 32 }
    - { type: relu }
    - { type: dropout, rate: 0.1 }
    - { type: dense, units: 10 }
loss: { type: cross-entropy }
optimizer:
  type: sgd
  learningRate: 0.1
training: { epochs: 2, batchSize: 100, shuffle: true }
sweep:
  sampler: { type: random, trials: 3 }
  pruner: { type: hyperband, eta: 2 }
  metric: validation.loss
  parameters:
    optimizer.learningRate: { type: float, min: 0.01, max: 0.1, scale: log }
    model.layers[1].units: [8, 16]
    optimizer: [{ type: adam }]
`;

/** Pieces that mean something in YAML, in a path, or to JavaScript. */
const PIECES = [
  ..."{}[]:,-&*!|>'\"%@`#? \t\n.=".split(""),
  ..."*hidden|&hidden |!!binary |__proto__: |constructor: |<<: |null|~|true|type|test.accuracy".split("|"),
  ...".nan|-.inf|1e999|-1|0|0.5|9007199254740993|./layers/none.ts|\u0000|\u2028|\ud800|é|🙂".split("|"),
  "\n  ",
  "\n- ",
  ": ",
  "---\n",
  "extends: ./experiment.yaml\n",
];

const lines = VALID.split("\n");
const mutation = fc.oneof(
  // A piece in place of some characters.
  fc.record({ at: fc.nat(VALID.length), drop: fc.nat(12), insert: fc.constantFrom(...PIECES) }),
  // Some of the file copied to another place.
  fc
    .record({ at: fc.nat(VALID.length), from: fc.nat(VALID.length), length: fc.nat(80) })
    .map(({ at, from, length }) => ({ at, drop: 0, insert: VALID.slice(from, from + length) })),
  // A line gone.
  fc.nat(lines.length - 1).map((line) => ({
    at: lines.slice(0, line).join("\n").length,
    drop: (lines[line] ?? "").length + 1,
    insert: "",
  })),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-fuzz-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The mistakes that are told, none when it loads; whatever else is thrown fails the property. */
async function load(set: readonly string[] = []): Promise<SpecErrors | undefined> {
  try {
    await loadExperiment(join(folder, "experiment.yaml"), { set });
    return undefined;
  } catch (error) {
    if (error instanceof SpecErrors) return error;
    throw error;
  }
}

/** What must not be in a report: a place outside its text, a character that a terminal would obey. */
function flawsOf(errors: SpecErrors | undefined): unknown[] {
  if (errors === undefined) return [];
  const flaws: unknown[] = [];
  for (const { place } of errors.problems) {
    if (typeof place === "string") continue;
    const { start, end, source } = place;
    if (start < 0 || end <= start || start > source.text.length) flaws.push(place);
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  if (/[\u0000-\u0009\u000b-\u001f]/.test(errors.message)) flaws.push(errors.message);
  if (errors.problems.length === 0) flaws.push("no mistake is named");
  return flaws;
}

test(
  "whatever is done to an experiment file, it loads or its mistakes are told",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        let text = VALID;
        for (const { at, drop, insert } of mutations)
          text = text.slice(0, at) + insert + text.slice(at + drop);
        writeFileSync(join(folder, "experiment.yaml"), text);
        expect(flawsOf(await load())).toEqual([]);
      }),
      { numRuns: 400 },
    );
  },
);

test("whatever is set, it loads or its mistakes are told", { timeout: 120_000 }, async () => {
  writeFileSync(join(folder, "experiment.yaml"), VALID);
  const steps = 'model|layers|[1]|units|optimizer|type|sweep|parameters|.|[|["a.b"]|__proto__|0'.split("|");
  const path = fc
    .array(fc.constantFrom(...steps), { maxLength: 5 })
    .map((parts) => parts.join(".").replaceAll(".[", "["));
  const value = fc.oneof(fc.constantFrom(...PIECES), fc.json(), fc.string());
  const assignment = fc.tuple(path, fc.constantFrom("=", ""), value).map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(fc.array(assignment, { minLength: 1, maxLength: 3 }), async (set) => {
      expect(flawsOf(await load(set))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
