import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Experiment } from "../experiment.ts";
import { findBranch, fillDefaults, selectSchema, type JsonSchema } from "../schema/json-schema.ts";
import { formatPath, isRecord, type Path } from "@nn/training";
import { getCompiledSchema, loadExperiment } from "../load-experiment.ts";
import { toData } from "./located.ts";
import { applyOverrides } from "./override.ts";
import { parseYaml } from "./parse-yaml.ts";
import { Problems } from "../errors/problem.ts";
import { substituteValues, TRIAL_KEYS, type ExperimentBody } from "../sweep/substitute.ts";
import { checkSweptPaths } from "../sweep/sweep.ts";

const { schema, check } = getCompiledSchema();

/** Returns a valid value with only the required options, so that everything else in the schema is absent. */
function minimalValue(each: JsonSchema): unknown {
  if (each.default !== undefined) return each.default;
  if (each.const !== undefined) return each.const;
  if (each.enum !== undefined) return each.enum[0];
  if (each.anyOf !== undefined) return minimalValue(each.anyOf[0]!);
  switch (each.type) {
    case "integer":
    case "number":
      return each.minimum ?? (each.exclusiveMinimum ?? 0) + 1;
    case "boolean":
      return false;
    case "string":
      return each.path === true ? "./data.csv" : "aa";
    case "array":
      return Array.from({ length: each.minItems ?? 0 }, () => minimalEntry(each.items ?? {}));
    default:
      return minimalBlock(each);
  }
}

/** If a layer contains layers, its inner layer contains none. */
function minimalEntry(each: JsonSchema): unknown {
  return findBranch(each, "relu") === undefined ? minimalValue(each) : { type: "relu" };
}

function minimalBlock(each: JsonSchema): Record<string, unknown> {
  const { properties = {}, required = [] } = each;
  return Object.fromEntries(required.map((key) => [key, minimalValue(properties[key] ?? {})]));
}

function kindsOf(each: JsonSchema): string[] {
  return (each.allOf ?? []).flatMap((branch) => {
    const type = branch.if?.properties?.["type"]?.const;
    return typeof type === "string" ? [type] : [];
  });
}

/** Experiments with only the required parts, one for each entry of each catalog. */
const layer = schema.properties!["model"]!.properties!["layers"]!.items!;
const minimal = {
  ...minimalBlock(schema),
  dataset: { type: "mnist" },
  optimizer: { type: "sgd", learningRate: 0.1 },
};
const bodies = [
  ...kindsOf(layer).map((type) => ({ model: { layers: [minimalValue(findBranch(layer, type)!)] } })),
  ...["dataset", "loss", "optimizer", "schedule"].flatMap((part) =>
    kindsOf(schema.properties![part]!).map((type) => ({
      [part]: minimalValue(findBranch(schema.properties![part]!, type)!),
    })),
  ),
].map((part): ExperimentBody => {
  const written = { ...minimal, ...part };
  return { schema, written, completed: fillDefaults(schema, written) };
});

/**
 * Returns a path of the schema, which may lead through absent parts of the experiment. It goes into the first
 * entries of lists, and into any type of a block.
 */
function pathBy(choices: readonly number[], { completed }: ExperimentBody): Path {
  const [first, ...others] = choices;
  const part = TRIAL_KEYS[(first ?? 0) % TRIAL_KEYS.length]!;
  const path: (string | number)[] = [part];
  let at = schema.properties![part]!;
  let value = valueAt(completed, path);
  for (const choice of others) {
    const steps = stepsIn(at, value);
    if (steps.length === 0) break;
    const [step, inside] = steps[choice % steps.length]!;
    path.push(step);
    at = inside;
    value = valueAt(value, [step]);
  }
  return path;
}

function stepsIn(each: JsonSchema, value: unknown): (readonly [string | number, JsonSchema])[] {
  if (each.items !== undefined) return [0, 1].map((index) => [index, each.items!] as const);
  const kinds = isRecord(value) ? [] : (each.allOf ?? []).map((branch) => branch.then ?? {});
  return [selectSchema(each, value), ...kinds].flatMap(({ properties = {} }) => Object.entries(properties));
}

const place = fc
  .tuple(fc.constantFrom(...bodies), fc.array(fc.nat(9999), { minLength: 1, maxLength: 7 }))
  .map(([body, choices]) => ({ body, path: pathBy(choices, body) }));

const VALUES = ["banana", -5, 0, 1, 3, 0.5, true, [], [1, 2], { type: "zeros" }, { l2: 0.1 }];

function valueAt(data: unknown, path: Path): unknown {
  let at = data;
  for (const step of path) {
    if (Array.isArray(at)) at = at[Number(step)];
    else at = isRecord(at) ? at[step] : undefined;
  }
  return at;
}

test("the experiments under test are valid", () => {
  expect(bodies.flatMap(({ written }) => check(written).map(({ message }) => message))).toEqual([]);
});

interface Outcome {
  readonly messages: readonly string[];
  readonly reached: unknown;
  readonly errors: readonly string[];
}

function sweepOver(body: ExperimentBody, path: Path, value: unknown): Outcome {
  const text = formatPath(path);
  const parameters = { [text]: { type: "choice" as const, values: [value] } };
  const source = {
    kind: "file",
    name: "x.yaml",
    folder: ".",
    text: JSON.stringify({ sweep: { parameters } }),
  } as const;
  const problems = new Problems();
  const root = parseYaml(source, problems)!;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test tries any value
  const swept = checkSweptPaths(root, body, check, parameters as never, problems);
  const own = substituteValues(
    body,
    swept.map((each) => [each.path, value]),
  );
  return {
    messages: problems.list.map(({ message }) => message),
    reached: valueAt(own.completed, path),
    errors: check(own.written).map(({ message }) => message),
  };
}

const RUNS = Number(process.env["FUZZ_RUNS"] ?? 600);

test("a swept value reaches the trial and was checked, or its path is rejected", () => {
  let made = 0;
  fc.assert(
    fc.property(place, fc.constantFrom(...VALUES), ({ body, path }, value) => {
      const { messages, reached, errors } = sweepOver(body, path, value);
      if (messages.length > 0) return;
      expect({ reached }).toMatchObject({ reached: value });
      expect(errors).toEqual([]);
      if (valueAt(body.completed, path.slice(0, -1)) === undefined) made += 1;
    }),
    { numRuns: RUNS },
  );
  expect(made).toBeGreaterThan(0);
});

test("a value that is set reaches the trial, or its path is rejected", () => {
  let made = 0;
  fc.assert(
    fc.property(place, fc.constantFrom(...VALUES), ({ body, path }, value) => {
      const source = {
        kind: "file",
        name: "x.yaml",
        folder: ".",
        text: JSON.stringify(body.written),
      } as const;
      const problems = new Problems();
      const root = parseYaml(source, problems)!;
      if (root.kind !== "map") throw new Error("an experiment is a block");
      const set = [`${formatPath(path)}=${JSON.stringify(value)}`];
      const written = toData(applyOverrides(root, set, "x.yaml", schema, problems));
      if (problems.any || check(written).length > 0) return;
      expect({ reached: valueAt(fillDefaults(schema, written), path) }).toMatchObject({ reached: value });
      if (valueAt(body.completed, path.slice(0, -1)) === undefined) made += 1;
    }),
    { numRuns: RUNS },
  );
  expect(made).toBeGreaterThan(0);
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-absent-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function load(parameters: Record<string, unknown>, ...set: string[]): Promise<Experiment> {
  const layers = [{ type: "flatten" }, { type: "dense", units: 10 }];
  const file = join(folder, "experiment.yaml");
  const sweep =
    Object.keys(parameters).length === 0 ? {} : { sweep: { sampler: { type: "grid" }, parameters } };
  writeFileSync(
    file,
    JSON.stringify({ ...minimal, name: "absent", model: { layers }, training: { epochs: 2 }, ...sweep }),
  );
  return loadExperiment(file, { set });
}

describe("a block that the file does not have", () => {
  test.each([
    ["model.layers[1].regularizer.l2", [0, 1], { l2: 1, l1: 0 }],
    ["model.layers[1].initializer.type", ["he", "zeros"], { type: "zeros" }],
    ["training.lookahead.steps", [3, 7], { steps: 7, alpha: 0.5 }],
    ["training.earlyStopping.patience", [1, 2], { metric: "loss", patience: 2, minDelta: 0 }],
    ["training.average.type", ["ema"], { type: "ema" }],
    ["augment", [[], [{ type: "flip" }]], [{ type: "flip" }]],
  ])("is created with its defaults if %s is swept", async (path, values, made) => {
    const { trials } = await load({ [path]: { type: "choice", values } });
    const block = path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : path;
    const steps = block.split(/[.[\]]+/).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    expect({ made: valueAt(trials.at(-1)?.spec, steps) }).toMatchObject({ made });
  });

  test("is created from all paths into it together", async () => {
    const { trials } = await load({
      "evaluation.views": [2, 4],
      "evaluation.augment": { type: "choice", values: [[{ type: "shift", pixels: 1 }]] },
    });
    expect(trials.map(({ spec }) => spec.evaluation?.views)).toEqual([2, 4]);
  });

  test("is of its default type if --set names only an option", async () => {
    const [trial] = (await load({}, "loss.labelSmoothing=0.1")).trials;
    expect(trial?.spec.loss).toEqual({ type: "cross-entropy", labelSmoothing: 0.1 });
  });

  test.each([
    ["training.lookahead.steps", "banana", "training.lookahead.steps cannot be banana"],
    ["training.lookahead.steps", -5, "training.lookahead.steps cannot be -5"],
    ["training.average.decay", 0.9, "training.average is not in it, so its type is not known"],
    ["loss.classWeights[1]", 2, "loss.classWeights is not in it"],
    ["augment[0].pixels", 2, "augment is not in it"],
    ["evaluation.views", 4, 'the key "augment" is missing in evaluation'],
  ])("is rejected at %s: %s", async (path, value, message) => {
    await expect(load({ [path]: [value] })).rejects.toThrow(message);
  });

  test("is rejected beside the type of its block, in any order, with advice", async () => {
    const [type, decay] = [{ "training.average.type": ["ema"] }, { "training.average.decay": [0.5, 0.9] }];
    for (const both of [
      { ...type, ...decay },
      { ...decay, ...type },
    ])
      await expect(load(both)).rejects.toThrow("sweep whole blocks: training.average: [{ type: ema, … }");
    const blocks = [0.5, 0.9].map((each) => ({ type: "ema", decay: each }));
    const { trials } = await load({ "training.average": blocks });
    expect(trials.map(({ spec }) => spec.training.average)).toEqual(blocks);
  });

  test("is rejected in --set if it is a list", async () => {
    await expect(load({}, "loss.classWeights[1]=2")).rejects.toThrow(
      "loss.classWeights is not in this experiment",
    );
  });
});
