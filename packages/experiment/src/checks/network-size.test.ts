import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { loadExperiment } from "../load-experiment.ts";
import { ExperimentError } from "../errors/problem.ts";

/** Returns the swept values of the trials of an experiment with this sweep. */
async function tried(sweep: object, layers: readonly object[] = perceptron) {
  const folder = mkdtempSync(join(tmpdir(), "nn-size-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const whole = {
    name: "sized",
    dataset: { type: "mnist" },
    model: { layers },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 2 },
    sweep: { sampler: { type: "grid" }, ...sweep },
  };
  writeFileSync(join(folder, "experiment.yaml"), JSON.stringify(whole, undefined, 1));
  const { trials } = await loadExperiment(join(folder, "experiment.yaml"));
  return trials.map(({ parameters }) => parameters);
}

async function refused(sweep: object, layers?: readonly object[]): Promise<string> {
  return tried(sweep, layers).then(
    () => "",
    (error: unknown) => {
      if (error instanceof ExperimentError) return error.message;
      throw error;
    },
  );
}

const perceptron = [
  { type: "flatten" },
  { type: "dense", units: 16 },
  { type: "dense", units: 16 },
  { type: "dense", units: 10 },
];

const [first, second] = ["model.layers[1].units", "model.layers[2].units"];
const widths = { [first]: [1, 20, 50, 100], [second]: [3, 40, 90] };
const rates = [0.01, 0.1];

/** Returns the size of the network 784 → A → B → 10 by its formula. */
const sizeOf = (A: number, B: number) => ({
  parameters: 784 * A + A + A * B + B + B * 10 + 10,
  multiplyAdds: 784 * A + A * B + B * 10,
});
const pairs = widths[first]!.flatMap((A) => widths[second]!.map((B) => [A, B] as const));

test("a constraint on the network's size leaves exactly the networks that satisfy it", async () => {
  const limits = pairs.flatMap(([A, B]) => Object.values(sizeOf(A, B)));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("parameters", "multiplyAdds"),
      // The possible sizes of a network, and the numbers next to them.
      fc.tuple(fc.constantFrom(...limits), fc.constantFrom(-1, 0, 1)).map(([limit, by]) => limit + by),
      fc.constantFrom("<=", "<", ">=", ">"),
      async (figure, limit, operator) => {
        const holds = (size: number): boolean =>
          ({ "<=": size <= limit, "<": size < limit, ">=": size >= limit, ">": size > limit })[operator];
        const expected = pairs.filter(([A, B]) => holds(sizeOf(A, B)[figure]));
        const sweep = {
          parameters: { ...widths, "optimizer.learningRate": rates },
          constraints: [`model.${figure} ${operator} ${limit}`],
        };
        const mistakes = await refused(sweep);
        const left = mistakes === "" ? await tried(sweep) : [];
        expect(left.map((each) => [each[first], each[second]])).toEqual(
          expected.flatMap((pair) => [pair, pair]),
        );
        expect(mistakes.includes("none of the 24 combinations satisfies the constraints")).toBe(
          expected.length === 0,
        );
      },
    ),
    { numRuns: 40 },
  );
});

test.each([
  { type: "random", trials: 40 },
  { type: "sobol", trials: 40 },
  { type: "latin-hypercube", trials: 40 },
])("$type proposes only networks that satisfy a constraint, and as many as without it", async (sampler) => {
  const range = { type: "int", min: 1, max: 128, scale: "log" };
  const found = await tried({
    sampler,
    parameters: { [first]: range, [second]: range },
    constraints: ["model.parameters <= 20000", "2 * model.multiplyAdds > model.layers[1].units * 1000"],
  });
  expect(found.length).toBe(40);
  for (const each of found) {
    const [A, B] = [Number(each[first]), Number(each[second])];
    const { parameters, multiplyAdds } = sizeOf(A, B);
    expect(parameters).toBeLessThanOrEqual(20_000);
    expect(2 * multiplyAdds).toBeGreaterThan(1000 * A);
  }
});

test("layers that do not fit each other are reported as without a constraint", async () => {
  const layers = [
    { type: "conv2d", filters: 4, kernelSize: 3 },
    { type: "flatten" },
    { type: "dense", units: 10 },
  ];
  const message = await refused(
    {
      parameters: { "model.layers[0].kernelSize": [3, 29], "model.layers[0].padding": ["valid"] },
      constraints: ["model.parameters <= 50000"],
    },
    layers,
  );
  expect(message).toContain("model.layers[0].kernelSize: 29");
  expect(message).toContain("model.layers[0]: conv2d after the images of mnist:");
  expect(message).not.toContain("satisfies");
});

test("other mistakes in the file are reported, and no network is planned", async () => {
  const message = await refused(
    { parameters: { [first]: ["banana", 3] }, constraints: ["model.parameters <= 1"] },
    [...perceptron, { type: "densee" }],
  );
  expect(message).toContain("banana");
  expect(message).toContain("densee");
});

test("an unknown figure of the network is reported with the list of known ones", async () => {
  expect(await refused({ parameters: widths, constraints: ["model.weights < 5"] })).toContain(
    `model.weights is not swept`,
  );
  expect(await refused({ parameters: widths, constraints: ["parameters < 5"] })).toContain(
    "model.parameters, model.multiplyAdds",
  );
});
