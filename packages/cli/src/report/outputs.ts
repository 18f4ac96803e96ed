import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { predictionsFromLogits, predictionsFromProbabilities, type LabeledPredictions } from "@nn/insight";
import { RunDirectoryError, wrapFileSystemErrors } from "@nn/results";
import { sigmoid } from "@nn/tensor";
import { decodeOutputs, type ProbabilityFunction, type SavedOutputs } from "@nn/training";

/** The predictions of a trial's final network for one set of images, in the order of their file. */
export interface SetPredictions {
  readonly trial: number;
  readonly predictions: LabeledPredictions;
  /** (N), the index of each image in its file: the training file for validation images. */
  readonly indices: Int32Array;
}

/** The predictions of a trial's network. Without held-out images, `validation` is absent. */
export interface TrialOutputs {
  readonly validation?: SetPredictions | undefined;
  readonly test: SetPredictions;
}

/**
 * Reads trials/<n>/outputs.safetensors. Returns undefined if the trial has none. `convert` is the
 * function that converts the outputs to probabilities. The sigmoids of the classes are independent, so the
 * probabilities are the sigmoids, divided by their sum. Throws RunDirectoryError if the file is damaged.
 */
export function readOutputs(
  run: string,
  trial: number,
  convert: ProbabilityFunction,
): TrialOutputs | undefined {
  const path = join(run, "trials", `${trial}`, "outputs.safetensors");
  if (!existsSync(path)) return undefined;
  const bytes = wrapFileSystemErrors("read", path, () => readFileSync(path));
  const { validation, test } = decodeOutputs(bytes, path);
  const read = (saved: SavedOutputs): SetPredictions => toPredictions(saved, trial, convert, path);
  if (test === undefined || test.labels.length === 0) return undefined;
  return {
    ...(validation !== undefined && validation.labels.length > 0 && { validation: read(validation) }),
    test: read(test),
  };
}

function toPredictions(
  { outputs, labels, classes, indices }: SavedOutputs,
  trial: number,
  convert: ProbabilityFunction,
  path: string,
): SetPredictions {
  try {
    const predictions =
      convert === "softmax"
        ? predictionsFromLogits(outputs, labels, classes)
        : predictionsFromProbabilities(
            convert === "sigmoid" ? computeProbabilities(outputs, classes) : outputs,
            labels,
            classes,
          );
    return { trial, predictions, indices };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RunDirectoryError("corrupt", `${path}: ${error.message}`, { cause: error });
  }
}

/** Returns the sigmoids of the outputs (N, C), divided by their sum for each image. */
function computeProbabilities(outputs: Float32Array, classes: number): Float64Array {
  const values = Float64Array.from(outputs, sigmoid);
  for (let start = 0; start < values.length; start += classes) {
    const row = values.subarray(start, start + classes);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let label = 0; label < classes; label++) row[label]! /= sum;
  }
  return values;
}
