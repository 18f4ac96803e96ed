import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { ExperimentError, loadExperimentPlan, type LoadedExperiment, type Problem } from "@nn/experiment";
import { datasets } from "@nn/mnist";
import { isRecord, matchClasses, type SavedNetwork, type TrialSpec } from "@nn/training";
import { parse, stringify } from "yaml";

/**
 * Returns the completed dataset block of a `--dataset` argument: the name of a data set, or a block in YAML.
 * Paths in the block are relative to the working folder. The block is checked like the `dataset` block of an
 * experiment. Its classes must match the classes of the saved network (see `matchClasses`). Throws
 * ExperimentError.
 */
export async function resolveDatasetArgument(
  argument: string,
  network: SavedNetwork,
): Promise<TrialSpec["dataset"]> {
  const block = fillDatasetDefaults(makePathsAbsolute(parseBlock(argument)));
  const normalize = network.normalization !== undefined;
  const chosen = { ...block, validation: 0, normalize };
  try {
    const loaded = await loadBlock(chosen, network.classes).catch((error: unknown) => {
      // The data set has another number of classes than the network. Their names decide whether they match.
      const classes = findExpectedOutputs(error);
      if (classes === undefined) throw error;
      return loadBlock(chosen, classes);
    });
    const { spec } = loaded.experiment.trials[0]!;
    const { info } = loaded.forecastInputOf(spec);
    if (matchClasses(network, info) === undefined)
      throw new ExperimentError([describeOtherCount(block, network.classes, info.classes)]);
    return spec.dataset;
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    throw new ExperimentError(error.problems.map(relateToDataset));
  }
}

/** Loads an experiment with this block, whose network has `units` outputs. Throws ExperimentError. */
async function loadBlock(block: Record<string, unknown>, units: number): Promise<LoadedExperiment> {
  const folder = mkdtempSync(join(tmpdir(), "nn-dataset-"));
  try {
    const file = join(folder, "dataset.yaml");
    const rest = {
      model: { layers: [{ type: "flatten" }, { type: "dense", units }] },
      optimizer: { type: "sgd", learningRate: 0.1 },
      training: { epochs: 1, batchSize: 1 },
    };
    writeFileSync(file, stringify({ name: "dataset", dataset: { type: "mnist" }, ...rest }));
    return await loadExperimentPlan(file, {
      set: [`dataset=${JSON.stringify(block)}`],
      onlyEvaluates: true,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Returns the number of classes of the data set if it is the only problem. */
function findExpectedOutputs(error: unknown): number | undefined {
  if (!(error instanceof ExperimentError) || error.problems.length !== 1) return undefined;
  const [, classes] = /the network's output must be \((\d+)\)/.exec(error.problems[0]!.message) ?? [];
  return classes === undefined ? undefined : Number(classes);
}

function describeOtherCount(
  { type, classes: said }: Record<string, unknown>,
  expected: number,
  found: number,
): Problem {
  const { properties = {} } = datasets.get(String(type))?.options ?? {};
  const canSay = "classes" in properties && said === undefined && found < expected;
  return {
    place: "--dataset",
    message: `the network has ${expected} classes, the data set has ${found}`,
    advice: canSay
      ? `If its labels are those of the network, add "classes: ${expected}" to the block.`
      : `Choose a data set with the same ${expected} classes.`,
  };
}

/** Converts a problem in the block to a problem of the `--dataset` argument. */
function relateToDataset(problem: Problem): Problem {
  const { message, expected } = problem;
  const advice = problem.advice?.replace(
    "Paths are relative to the file that contains them",
    "Relative paths in --dataset are relative to the current folder",
  );
  return { place: "--dataset", message, expected, advice };
}

/**
 * Adds the option `training` if it is absent. It names the test images, because an evaluation needs no
 * training images.
 */
function fillDatasetDefaults(block: Record<string, unknown>): Record<string, unknown> {
  const { properties = {} } = datasets.get(String(block["type"]))?.options ?? {};
  const hasOwn = (key: string): boolean => Object.hasOwn(block, key);
  return {
    ...block,
    ...("training" in properties && hasOwn("test") && !hasOwn("training") && { training: block["test"] }),
  };
}

function parseBlock(argument: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(argument);
  } catch {
    value = undefined;
  }
  if (typeof value === "string") return { type: value };
  if (isRecord(value)) return value;
  throw new ExperimentError([
    {
      place: "--dataset",
      message: `"${argument}" is neither the name of a data set nor a block in YAML`,
      expected: "fashion-mnist, for example, or '{ type: images, training: photos, test: photos }'",
    },
  ]);
}

function makePathsAbsolute(block: Record<string, unknown>): Record<string, unknown> {
  const { properties = {} } = datasets.get(String(block["type"]))?.options ?? {};
  return Object.fromEntries(
    Object.entries(block).map(([key, value]) => [
      key,
      typeof value === "string" && key in properties && "path" in Object(properties[key])
        ? resolve(value)
        : value,
    ]),
  );
}
