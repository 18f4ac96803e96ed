import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { ExperimentError, loadExperiment, type Problem } from "@nn/experiment";
import { datasets } from "@nn/mnist";
import { isRecord, type SavedNetwork, type TrialSpec } from "@nn/training";
import { parse, stringify } from "yaml";

/**
 * Returns the completed dataset block of a `--dataset` argument: the name of a data set, or a block in YAML.
 * Paths in it are relative to the working folder. The block is checked like that of an experiment whose
 * network has as many classes as the saved network. Throws ExperimentError.
 */
export async function resolveDatasetArgument(
  argument: string,
  { classes, normalization }: SavedNetwork,
): Promise<TrialSpec["dataset"]> {
  const block = completed(withAbsolutePaths(parseBlock(argument)));
  const folder = mkdtempSync(join(tmpdir(), "nn-dataset-"));
  try {
    const file = join(folder, "dataset.yaml");
    const layers = [{ type: "flatten" }, { type: "dense", units: classes }];
    const rest = {
      model: { layers },
      optimizer: { type: "sgd", learningRate: 0.1 },
      training: { epochs: 1, batchSize: 1 },
    };
    writeFileSync(file, stringify({ name: "dataset", dataset: { type: "mnist" }, ...rest }));
    const experiment = await loadExperiment(file, {
      set: [`dataset=${JSON.stringify({ ...block, validation: 0, normalize: normalization !== undefined })}`],
    });
    return experiment.trials[0]!.spec.dataset;
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    throw new ExperimentError(error.problems.map((problem) => ofDataset(problem, classes)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Converts a problem in the block to a problem of the `--dataset` argument. */
function ofDataset(problem: Problem, classes: number): Problem {
  const { message, expected } = problem;
  const advice = problem.advice?.replace(
    "Paths are relative to the file that contains them",
    "Relative paths in --dataset are relative to the current folder",
  );
  if (!message.includes("the network's output must be"))
    return { place: "--dataset", message, expected, advice };
  return {
    place: "--dataset",
    message: `the network distinguishes ${classes} classes, and the data set has another number of them`,
    advice: `If its images belong to some of these classes, add "classes: ${classes}" to the block.`,
  };
}

/**
 * Adds the option `training` if it is absent. It names the test images, because an evaluation needs no
 * training images.
 */
function completed(block: Record<string, unknown>): Record<string, unknown> {
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

function withAbsolutePaths(block: Record<string, unknown>): Record<string, unknown> {
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
