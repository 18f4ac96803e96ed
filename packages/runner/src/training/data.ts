import { ascending, splitValidation, type HeldOut, type ResidentSplit } from "@nn/mnist";
import { createRng } from "@nn/tensor";

import { Examination } from "./evaluate.ts";
import type { ResidentDataset } from "./workbench.ts";

/** A data set divided into what is learned from and what is measured on. */
export interface DividedData {
  readonly training: ResidentSplit;
  /** Which images of `training` are learned from, in file order. */
  readonly images: Int32Array;
  readonly validation?: Examination | undefined;
  readonly test: Examination;
}

/** The validation images depend on the experiment's seed alone: all its trials are judged on the same ones. */
export function divide(
  { training, test: testSplit }: ResidentDataset,
  validation: number | "test",
  experimentSeed: number,
): DividedData {
  const test = new Examination(testSplit, ascending(testSplit.count));
  if (validation === "test") return { training, images: ascending(training.count), validation: test, test };

  const heldOut = holdOut(training, validation, experimentSeed);
  return {
    training,
    images: heldOut.training,
    validation: validation === 0 ? undefined : new Examination(training, heldOut.validation),
    test,
  };
}

/** Drawn once for all trials of a process: for a short trial the draw would be a twentieth of its time. */
const drawn = new WeakMap<ResidentSplit, Map<string, HeldOut>>();

function holdOut(training: ResidentSplit, validation: number, experimentSeed: number): HeldOut {
  const known = drawn.get(training) ?? new Map<string, HeldOut>();
  drawn.set(training, known);
  const key = `${validation} ${experimentSeed}`;
  const heldOut =
    known.get(key) ??
    splitValidation(training.count, validation, createRng(experimentSeed).fork("validation"));
  known.set(key, heldOut);
  return heldOut;
}
