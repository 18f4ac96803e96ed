import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { AugmentationDefinition } from "@nn/mnist";
import { afterAll, expect, test } from "vitest";

import { checkAugmentationResults, CustomResultError } from "./check-custom-results.ts";
import { createSilentObserver, createToyTraining, toySpec } from "../testing/toy-training.ts";
import { train } from "../train.ts";
import type { TrialSpec } from "../trial-spec.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-results-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Writes a custom part with these functions. Returns its type. */
function writePart(maker: string, functions: string): string {
  const path = join(folder, `part-${files++}.ts`);
  writeFileSync(
    path,
    `import { ${maker} } from "@nn/layers";
import { Type } from "typebox";
export const part = ${maker}({
  type: "part",
  description: "A part for a test.",
  options: Type.Object({}),
  ${functions},
});
`,
  );
  return `.${path}`; // The experiment folder of a toy training is the root.
}

async function trainToy(changes: Partial<TrialSpec>): Promise<string> {
  try {
    const { network, config } = await createToyTraining(changes);
    return (await train(network, config, createSilentObserver())).status;
  } catch (error) {
    if (!(error instanceof CustomResultError)) throw error;
    return error.message.replace(/\.\/\S*\/part-\d+\.ts/, "./part.ts");
  }
}

const loss = (forward: string, backward: string, others = ""): string =>
  `check: () => {}, build: (_options, { backend }) => {
    let gradient;
    return {
      forward(outputs) { gradient = backend.allocate(outputs.shape); ${forward} },
      backward() { ${backward} },
      ${others}
    };
  }`;

test.each([
  ["return 1;", "return gradient;", "", "completed"],
  [
    "return undefined;",
    "return gradient;",
    "",
    'function "forward" must return a number, but returned nothing.',
  ],
  ["return '1';", "return gradient;", "", 'function "forward" must return a number, but returned "1".'],
  ["return Promise.reject(1);", "", "", 'function "forward" must return a number, but returned a promise.'],
  [
    "return 1;",
    "return undefined;",
    "",
    'function "backward" must return the gradient of the outputs, a tensor (7, 3), but returned nothing.',
  ],
  [
    "return 1;",
    "return { shape: [1, 3], data: gradient.data.subarray(0, 3) };",
    "",
    'function "backward" must return the gradient of the outputs, a tensor (7, 3), but returned ' +
      "one (1, 3) with 3 numbers.",
  ],
  [
    "return 1;",
    "return gradient;",
    "sumWeights: () => undefined,",
    'function "sumWeights" must return a finite number above 0, but returned nothing.',
  ],
])("a custom loss with forward: %s backward: %s %s", async (forward, backward, others, expected) => {
  const type = writePart("defineLoss", loss(forward, backward, others));
  expect(await trainToy({ loss: { type } })).toContain(expected);
});

test.each([
  ["1", "completed"],
  ["0", "completed"],
  ["undefined", "must return a finite number from 0, but returned nothing."],
  ['"0.5"', 'must return a finite number from 0, but returned "0.5".'],
  ["-1", "must return a finite number from 0, but returned -1."],
  ["NaN", "must return a finite number from 0, but returned NaN."],
])("a custom schedule with the factor %s", async (factor, expected) => {
  const type = writePart("defineSchedule", `build: () => ({ factor: () => ${factor} })`);
  const result = await trainToy({ schedule: { type } });
  expect(result).toBe(
    expected === "completed" ? expected : `the schedule ./part.ts: its function "factor" ${expected}`,
  );
});

test.each([
  ["({ factor: () => 1, state: [{ tensors: [], numbers: {} }] })", "completed"],
  [
    "({ factor: () => 1, state: { rate: 1 } })",
    '"state", which is a list or absent, of { tensors, numbers }',
  ],
])("a custom schedule that builds %s", async (built, expected) => {
  const type = writePart("defineSchedule", `build: () => (${built})`);
  expect(await trainToy({ schedule: { type } })).toContain(expected);
});

test.each([
  ["({ state: [], step() {} })", "completed"],
  ["undefined", 'function "build" must return an object with the function step, but returned nothing.'],
  ["({ step() {} })", 'an object with "state", which is a list and may be empty, of { tensors, numbers }'],
  [
    "({ state: [], step: async () => { throw new Error('late'); } })",
    'function "step" must return nothing, after its work is done, but returned a promise.',
  ],
])("a custom optimizer that builds %s", async (built, expected) => {
  const type = writePart("defineOptimizer", `build: () => (${built})`);
  expect(await trainToy({ optimizer: { type } })).toContain(expected);
});

test.each([
  ["value.data.fill(0.1);", "completed"],
  [
    "return Promise.reject(new Error('late'));",
    "must return nothing, after its work is done, but returned a promise.",
  ],
])("a custom initializer that does: %s", async (statement, expected) => {
  const type = writePart("defineInitializer", `fill(_options, value) { ${statement} }`);
  expect(await trainToy({ model: { ...toySpec.model, initializer: { type } } })).toContain(expected);
});

test.each<[key: "loss" | "optimizer" | "schedule", maker: string, name: string, functions: string]>([
  ["loss", "defineLoss", "build", "check: () => {}, build: () => { throw null; }"],
  ["loss", "defineLoss", "forward", loss("throw null;", "")],
  ["loss", "defineLoss", "backward", loss("return 1;", "throw null;")],
  ["optimizer", "defineOptimizer", "step", "build: () => ({ state: [], step() { throw null; } })"],
  ["schedule", "defineSchedule", "factor", "build: () => ({ factor() { throw null; } })"],
])(
  "a custom %s (%s) whose function %s throws something other than an error",
  async (key, maker, name, functions) => {
    expect(await trainToy({ [key]: { type: writePart(maker, functions) } })).toBe(
      `the ${key} ./part.ts: its function "${name}" must throw an Error, but threw null.`,
    );
  },
);

test.each<[planned: object | undefined, expected: string]>([
  [
    undefined,
    '"plan" must return an object with the function transformCoordinates, transformPixels, transformBatch or ' +
      "mix, but returned nothing.",
  ],
  [
    { transformCoordinates: async () => {} },
    '"transformCoordinates" must return nothing, after its work is done, but returned a promise.',
  ],
  [
    { transformPixels: async () => {} },
    '"transformPixels" must return nothing, after its work is done, but returned a promise.',
  ],
  [
    { transformBatch: async () => {} },
    '"transformBatch" must return nothing, after its work is done, but returned a promise.',
  ],
  [
    {
      mix() {
        // oxlint-disable-next-line no-throw-literal -- a custom file is not linted
        throw "no";
      },
    },
    '"mix" must throw an Error, but threw "no".',
  ],
  [{ mix: () => 2 }, '"mix" must return a share from 0 to 1, but returned 2.'],
])("a custom augmentation that plans %o", (planned, expected) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a custom file is not type-checked
  const definition = { type: "part", plan: () => planned } as unknown as AugmentationDefinition;
  const use = (): void => {
    const checked = checkAugmentationResults(definition, "augmentation ./part.ts").plan({}, undefined!);
    for (const run of Object.values(checked)) Reflect.apply(run, checked, []);
  };
  expect(use).toThrow(`the augmentation ./part.ts: its function ${expected}`);
});

test.for([0, 0.5, 1])("a custom augmentation that keeps a share of %d is accepted", (share) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a custom file is not type-checked
  const definition = {
    type: "part",
    plan: () => ({ mix: () => share }),
  } as unknown as AugmentationDefinition;
  const checked = checkAugmentationResults(definition, "augmentation ./part.ts").plan({}, undefined!);
  const [mix] = Object.values(checked);
  expect(Reflect.apply(mix, checked, [])).toBe(share);
});
