import { join } from "node:path";

import type { Model } from "@nn/layers";
import { writeFileAtomically, writeSafetensors } from "@nn/results";

import { classMeasures, topAccuracies } from "./class-measures.ts";
import type { Predictions } from "./predictions.ts";

/**
 * Writes what a trial leaves beside its rows in the tables: the final weights, with what layers remember beside
 * them, and what they say about the test set.
 * The same trial gives the same bytes.
 */
export function saveTrial(
  folder: string,
  model: Pick<Model, "parameters" | "state">,
  predictions: Predictions,
): void {
  const tensors = [...model.parameters, ...model.state].map(({ name, value }) => [name, value] as const);
  writeSafetensors(join(folder, "model.safetensors"), tensors);
  writeFileAtomically(join(folder, "confusion.csv"), confusionTable(predictions));
  writeFileAtomically(join(folder, "classes.csv"), classesTable(predictions));
  writeFileAtomically(join(folder, "top-k.csv"), topTable(predictions));
  writeFileAtomically(join(folder, "mistakes.csv"), mistakesTable(predictions));
}

/** One row an actual class, one column a predicted one; numbers of test images. */
function confusionTable({ confusion }: Predictions): string {
  const header = ["actual", ...confusion.keys().map((predicted) => `predicted ${predicted}`)];
  return csv([header, ...confusion.map((row, actual) => [actual, ...row])]);
}

/** One row a class; a cell is empty where there is nothing to take a share of. */
function classesTable({ confusion }: Predictions): string {
  const rows = classMeasures(confusion).map((each) => [
    each.class,
    each.images,
    each.precision ?? "",
    each.recall ?? "",
    each.f1 ?? "",
  ]);
  return csv([["class", "images", "precision", "recall", "f1"], ...rows]);
}

/** One row a k: the share of test images whose label is among the k largest outputs. */
function topTable({ ranks }: Predictions): string {
  return csv([["k", "accuracy"], ...topAccuracies(ranks).map((accuracy, index) => [index + 1, accuracy])]);
}

/** One row a test image that the network takes for something else, in file order. */
function mistakesTable({ mistakes }: Predictions): string {
  const rows = mistakes.map(({ index, label, predicted, margin }) => [index, label, predicted, margin]);
  return csv([["index", "label", "predicted", "margin"], ...rows]);
}

/** Numbers and names without commas or quotes need no more than this. */
function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.join(",")}\n`).join("");
}
