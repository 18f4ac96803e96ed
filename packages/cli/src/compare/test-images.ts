import { existsSync } from "node:fs";
import { join } from "node:path";

import { computeAgreement, mcnemarTest, predictionsFromLogits } from "@nn/insight";
import { readRunFile, type ResultRow } from "@nn/results";
import { decodeOutputs, OUTPUTS_FILE, type SavedOutputs } from "@nn/training";

import type { Candidate } from "./candidates.ts";

/** Two networks on the same test images. */
export interface TestImageComparison {
  /** The numbers of the two trials. */
  readonly trials: readonly [number, number];
  readonly images: number;
  /** Number of images that only the first network classifies correctly. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** The p-value of McNemar's exact test. */
  readonly pValue: number;
}

/**
 * Compares one network of each candidate on the test images. Uses the networks of the first common seed;
 * without a common seed, the first network of each. Returns undefined if their outputs are not kept, or are
 * for different images. Throws RunDirectoryError if a file is damaged.
 */
export function compareOnTestImages(one: Candidate, other: Candidate): TestImageComparison | undefined {
  const pairs = one.rows.flatMap((a) =>
    other.rows.filter((b) => b.seed === a.seed).map((b) => [a, b] as const),
  );
  const firsts = one.rows.slice(0, 1).flatMap((a) => other.rows.slice(0, 1).map((b) => [a, b] as const));
  for (const [a, b] of [...pairs, ...firsts]) {
    const [first, second] = [readTestOutputs(one, a), readTestOutputs(other, b)];
    if (first === undefined || second === undefined || !haveSameImages(first, second)) continue;
    const { onlyA, onlyB } = computeAgreement(
      computePredictions(first),
      computePredictions(second),
      first.labels,
    );
    return {
      trials: [a.trial, b.trial],
      images: first.labels.length,
      onlyFirst: onlyA,
      onlySecond: onlyB,
      pValue: mcnemarTest(onlyA, onlyB),
    };
  }
  return undefined;
}

function readTestOutputs({ folder }: Candidate, { trial }: ResultRow): SavedOutputs | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, "trials", `${trial}`, OUTPUTS_FILE);
  return existsSync(path) ? decodeOutputs(readRunFile(path), path).test : undefined;
}

function computePredictions({ outputs, labels, classes }: SavedOutputs): Int32Array {
  return predictionsFromLogits(outputs, labels, classes).predicted;
}

function haveSameImages(one: SavedOutputs, other: SavedOutputs): boolean {
  return (
    one.labels.length === other.labels.length &&
    one.classes === other.classes &&
    one.labels.every((label, index) => label === other.labels[index])
  );
}
