import { createHash } from "@nn/platform/hash";

import type { NetworkSize, TrialRecord } from "@nn/results";

import type { Trial, TrialSpec } from "./trial-spec.ts";
import { collectCustomTypes } from "./custom/custom-types.ts";
import { computeTrainingHash } from "./checkpoint/checkpoint.ts";

/** Identifies the training of a trial, so that equal trials of other runs can be reused. */
export interface TrialFingerprint {
  /**
   * Hash, in hexadecimal, of everything that determines the results, except the number of epochs and the
   * images.
   */
  readonly training: string;
  /** Number of epochs if the trial does not end early, including those of its parents. */
  readonly planned: number;
  /** The size of its network; undefined if the shapes of its layers do not match. */
  readonly network?: NetworkSize | undefined;
}

/** Returns the fingerprint of a trial. `records` are those of its run, including that of its parent. */
export type TrialFingerprinter = (
  trial: Trial,
  records: ReadonlyMap<number, TrialRecord>,
) => TrialFingerprint;

/**
 * Version of the training code. Raise it when a change affects the numbers of trials or the files in their
 * folders, so that trials of older versions are not reused.
 */
const VERSION = 3;

/**
 * Returns a function that computes the fingerprint of a trial. `sources` maps the path of each custom part to
 * the bytes of its file, without the files that it imports.
 */
export function createTrialFingerprinter(
  seed: number,
  sources: ReadonlyMap<string, Uint8Array>,
  networkOf: (spec: TrialSpec) => NetworkSize | undefined,
): TrialFingerprinter {
  return (trial, records) => {
    const { epochs } = trial.spec.training;
    const { parent, until = epochs } = trial;
    const hash = createHash("sha256").update(`${VERSION}\n${computeTrainingHash(trial, seed)}\n`);
    for (const path of new Set(collectCustomTypes(trial.spec))) {
      const bytes = sources.get(path) ?? new Uint8Array();
      hash.update(`${path}\n${bytes.length}\n`).update(bytes);
    }
    if (parent !== undefined || until !== epochs) {
      // The trial may be a segment of a longer training run: its schedule covers all epochs, and it may start
      // where another trial ended.
      const from = parent === undefined ? undefined : records.get(parent);
      hash.update(`${epochs} ${from?.training} ${from?.planned}\n`);
    }
    return { training: hash.digest("hex"), planned: until, network: networkOf(trial.spec) };
  };
}
