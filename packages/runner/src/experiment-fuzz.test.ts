import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import {
  ExperimentError,
  countTrials,
  loadExperimentPlan,
  type ConfigurationOutcome,
  type LoadedExperiment,
} from "@nn/experiment";
import {
  forecastRun,
  chooseRepresentativeTrials,
  chooseCalibrationNetworks,
  computeRemainingWork,
} from "./forecast.ts";

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

/** Strings with a special meaning in YAML, in a path, or in JavaScript. */
const PIECES = [
  ..."{}[]:,-&*!|>'\"%@`#? \t\n.=".split(""),
  ..."*hidden|&hidden |!!binary |__proto__: |constructor: |<<: |null|~|true|type|test.accuracy".split("|"),
  ...".nan|-.inf|1e999|-1|0|0.5|9007199254740993|./layers/none.ts|\u0000|\u2028|\ud800|é|🙂".split("|"),
  "\n  ",
  "\n- ",
  ": ",
  "---\n",
  "extends: ./experiment.yaml\n",
  "{ type: float, min: 0, max: 1 }",
  "{ type: int, min: 1, max: 9, step: 3, count: 2 }",
  "[{ type: sgd }, { type: adam, learningRate: { type: float, min: 0.1, max: 1 } }]",
  "count: 3, ",
  "scale: log, ",
  " < ",
  " * 2",
];

/** Values that replace a number. */
const VALUES =
  "-1|0|1|3|0.1|1e-300|1e308|100|5000|1000000|1e15|.nan|-.inf|null|true|''|[]|{}|[1, 2]|{ type: bool }".split(
    "|",
  );

/** Number of files to test; CONTRIBUTING.md says how to test more. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 400);

/** Sweeps with any options, which replace the sweep of `VALID`. Some combinations of options are invalid. */
const sweep: fc.Arbitrary<string> = fc
  .record({
    sampler: fc.constantFrom(
      "grid",
      ...["random", "sobol", "latin-hypercube", "tpe", "cma-es"].map((type) => `${type}, trials: 6`),
      "tpe, trials: 7, startup: 3, generation: 2",
      "gp, trials: 6, startup: 3",
      "pbt, population: 4, interval: 1",
    ),
    pruner: fc.option(
      fc.constantFrom(
        "median",
        "percentile, percentile: 30",
        "successive-halving, eta: 2",
        "hyperband, eta: 2",
        "asha, eta: 2",
        "patience, patience: 1",
        "threshold, upper: 2",
      ),
      { freq: 2 },
    ),
    budget: fc.option(fc.constantFrom("target: 0.5", "trials: 3", "epochs: 9, minutes: 1"), { freq: 2 }),
    parameters: fc.subarray(
      [
        "optimizer.learningRate: { type: float, min: 0.01, max: 0.1, scale: log }",
        "model.layers[1].units: { type: int, min: 8, max: 64, step: 8, count: 3 }",
        "model.layers[3].rate: { type: float, min: 0, max: 0.4, step: 0.1, count: 2 }",
        "training.shuffle: { type: bool }",
        "training.batchSize: { type: choice, values: [50, 100] }",
        "model.layers[2]: [{ type: relu }, { type: elu, alpha: { type: float, min: 0.5, max: 1, count: 2 } }]",
        "optimizer: [{ type: sgd, learningRate: 0.1, momentum: { type: choice, values: [0, 0.9] } }, { type: adam }]",
      ],
      { minLength: 1 },
    ),
    constraints: fc.subarray([
      "optimizer.learningRate < 0.05",
      "model.layers[1].units <= training.batchSize",
      "2 * model.layers[1].units + 1 > 20",
    ]),
  })
  .map(({ sampler, pruner, budget, parameters, constraints }) =>
    [
      "sweep:",
      `  sampler: { type: ${sampler} }`,
      ...(pruner === null ? [] : [`  pruner: { type: ${pruner} }`]),
      ...(budget === null ? [] : [`  budget: { ${budget} }`]),
      "  metric: validation.loss",
      "  parameters:",
      ...parameters.map((line) => `    ${line}`),
      ...(constraints.length === 0 ? [] : ["  constraints:", ...constraints.map((line) => `    - ${line}`)]),
      "",
    ].join("\n"),
  );
const BEFORE_SWEEP = VALID.slice(0, VALID.indexOf("sweep:"));
const executor = fc.constantFrom(
  "",
  "executor: { type: redis, url: 'redis://127.0.0.1:6379' }\n",
  "executor: { type: redis, url: 'rediss://me:secret@[::1]/2' }\n",
  "executor: { type: pool }\n",
);
const whole = fc.oneof(
  fc.constant(VALID),
  fc.tuple(executor, sweep).map(([where, what]) => BEFORE_SWEEP + where + what),
);

type Mutation = (text: string) => string;
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (share: number, length: number): number => Math.floor(share * length);
const spliced = (text: string, index: number, drop: number, insert: string): string =>
  text.slice(0, index) + insert + text.slice(index + drop);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  // Replaces some characters by a piece.
  fc.tuple(place, fc.nat(12), fc.constantFrom(...PIECES)).map(([share, drop, insert]): Mutation => {
    return (text) => spliced(text, at(share, text.length + 1), drop, insert);
  }),
  // Replaces a number by another value.
  fc.tuple(place, fc.constantFrom(...VALUES)).map(([share, value]): Mutation => {
    return (text) => {
      const parts = text.split(/(?<=[:,[<>] *)(\d[\d.]*)/);
      const index = 1 + 2 * at(share, (parts.length - 1) / 2);
      return parts.with(index < parts.length ? index : 0, value).join("");
    };
  }),
  // Copies a part of the file to another position.
  fc.tuple(place, place, fc.nat(80)).map(([to, from, length]): Mutation => {
    return (text) => {
      const start = at(from, text.length);
      return spliced(text, at(to, text.length + 1), 0, text.slice(start, start + length));
    };
  }),
  // Removes a line.
  place.map((share): Mutation => {
    return (text) => {
      const lines = text.split("\n");
      return lines.toSpliced(at(share, lines.length), 1).join("\n");
    };
  }),
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-fuzz-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the experiment, or returns the reported mistakes. Any other error fails the property. */
async function load(set: readonly string[] = []): Promise<LoadedExperiment | ExperimentError> {
  try {
    return await loadExperimentPlan(join(folder, "experiment.yaml"), { set });
  } catch (error) {
    if (error instanceof ExperimentError) return error;
    throw error;
  }
}

/**
 * Proposes all generations. Returns the difference between the number of proposed trials and the expected
 * number. Skips large sweeps.
 */
function proposeAll({ experiment, next }: LoadedExperiment, seed: number): number {
  const { generations, trials } = experiment;
  const expected = countTrials(experiment);
  if (expected > 40) return 0;
  const outcomes: ConfigurationOutcome[] = [];
  let proposed = trials.length;
  for (const size of generations) {
    // Some configurations have diverged.
    for (let i = 0; i < size; i++)
      outcomes.push({ objective: (seed * 1000 * (i + 1)) % 1 < 0.1 ? undefined : (seed * (i + 1)) % 1 });
    proposed += next(outcomes).length;
  }
  return proposed - expected;
}

/** Returns whether all numbers of the forecast are finite and positive. */
function isForecast({ experiment, next, forecastInputOf }: LoadedExperiment): boolean {
  const pace = { learning: 1e-6, measuring: 1e-7, building: 0.01, bytes: 1e5 };
  const likely = chooseRepresentativeTrials(experiment, next);
  const paces = new Map(chooseCalibrationNetworks(likely, forecastInputOf).map((spec) => [spec, pace]));
  const work = computeRemainingWork(experiment, forecastInputOf, likely);
  const { isUpperBound: _isMost, ...numbers } = forecastRun(experiment, work, forecastInputOf, paces, 2);
  return Object.values(numbers).every((number) => Number.isFinite(number) && number > 0);
}

/** Returns flaws of a report: a location outside the text, or a control character. */
function flawsOf(errors: LoadedExperiment | ExperimentError): unknown[] {
  if (!(errors instanceof ExperimentError)) return [];
  const flaws: unknown[] = [];
  for (const { place } of errors.problems) {
    if (typeof place === "string") continue;
    const { start, end, source } = place;
    if (start < 0 || end <= start || start > source.text.length) flaws.push(place);
  }
  // oxlint-disable-next-line no-control-regex -- this test is about control characters
  if (/[\u0000-\u0009\u000b-\u001f]/.test(errors.message)) flaws.push(errors.message);
  if (errors.problems.length === 0) flaws.push("no mistake is named");
  return flaws;
}

test(
  "any damaged experiment file either loads and proposes its trials, or its mistakes are reported",
  { timeout: 120_000 + RUNS * 300 },
  async () => {
    await fc.assert(
      fc.asyncProperty(whole, fc.array(mutation, { maxLength: 4 }), place, async (valid, mutations, seed) => {
        const text = mutations.reduce((result, mutate) => mutate(result), valid);
        writeFileSync(join(folder, "experiment.yaml"), text);
        const loaded = await load();
        expect(flawsOf(loaded)).toEqual([]);
        expect(loaded instanceof ExperimentError ? 0 : proposeAll(loaded, seed)).toBe(0);
        expect(loaded instanceof ExperimentError || isForecast(loaded)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  },
);

test(
  "with any --set arguments, the experiment loads or its mistakes are reported",
  { timeout: 120_000 + RUNS * 300 },
  async () => {
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
      { numRuns: Math.ceil(RUNS * 0.75) },
    );
  },
);
