import { join } from "@nn/platform/path";

import type { Model } from "@nn/layers";
import type { Origins } from "@nn/mnist";
import { writeFilesAtomically } from "@nn/results";

import { classMetrics, topAccuracies } from "../metrics/class-metrics.ts";
import type { Predictions } from "../metrics/confusion-matrix.ts";
import { encodeNetwork, type NetworkDescription } from "../saved/saved-network.ts";

/** The files of a completed trial in its folder, in addition to its checkpoint. */
export const TRIAL_FILES = [
  "model.safetensors",
  "confusion.csv",
  "classes.csv",
  "top-k.csv",
  "mistakes.csv",
] as const;

/**
 * Writes the files of a completed trial: the final weights and buffers, and the predictions on the test set.
 * `origins`: those of the test images. Resolves when all files are on the disk. The same trial gives the same
 * bytes.
 */
export function saveTrial(
  folder: string,
  model: Pick<Model, "parameters" | "state">,
  description: NetworkDescription,
  predictions: Predictions,
  origins?: Origins,
): Promise<void> {
  const { classNames } = description;
  const files = {
    "model.safetensors": encodeNetwork(model, description),
    "confusion.csv": confusionTable(predictions, nameBy(classNames)),
    "classes.csv": classesTable(predictions, nameBy(classNames)),
    "top-k.csv": topTable(predictions),
    "mistakes.csv": mistakesTable(predictions, nameBy(classNames), origins),
  } satisfies Record<(typeof TRIAL_FILES)[number], string | Uint8Array>;
  return writeFilesAtomically(Object.entries(files).map(([name, content]) => [join(folder, name), content]));
}

type NameOf = (label: number) => string | number;

function nameBy(classNames: readonly string[] | undefined): NameOf {
  return (label) => classNames?.[label] ?? label;
}

/**
 * Returns the confusion matrix: one row per actual class and one column per predicted class, with numbers of
 * test images.
 */
function confusionTable({ confusion }: Predictions, nameOf: NameOf): string {
  const header = ["actual", ...confusion.keys().map((predicted) => `predicted ${nameOf(predicted)}`)];
  return csv([header, ...confusion.map((row, actual) => [nameOf(actual), ...row])]);
}

/** Returns the metrics table: one row per class. A cell is empty if its ratio has the denominator 0. */
function classesTable({ confusion }: Predictions, nameOf: NameOf): string {
  const rows = classMetrics(confusion).map((each) => [
    nameOf(each.class),
    each.images,
    each.precision ?? "",
    each.recall ?? "",
    each.f1 ?? "",
  ]);
  return csv([["class", "images", "precision", "recall", "f1"], ...rows]);
}

/** Returns the top-k table: one row per k. */
function topTable({ ranks }: Predictions): string {
  return csv([["k", "accuracy"], ...topAccuracies(ranks).map((accuracy, index) => [index + 1, accuracy])]);
}

/** Returns the table of mistakes: one row per wrongly classified test image, in file order. */
function mistakesTable({ mistakes }: Predictions, nameOf: NameOf, origins: Origins | undefined): string {
  const rows = mistakes.map(({ index, label, predicted, margin }) => [
    index,
    nameOf(label),
    nameOf(predicted),
    margin,
    ...(origins === undefined ? [] : [origins.of(index)]),
  ]);
  const last = origins === undefined ? [] : [origins.kind];
  return csv([["index", "label", "predicted", "margin", ...last], ...rows]);
}

function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}

/** Returns the CSV text of a value, with quotes if RFC 4180 requires them. */
function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
