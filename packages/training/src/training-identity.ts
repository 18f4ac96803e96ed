import { createHash } from "@nn/platform/hash";

import type { NetworkSize, TrialRecord } from "@nn/results";

import type { Trial, TrialSpec } from "./trial-spec.ts";
import { customTypes } from "./custom-types.ts";
import { trainingOf } from "./checkpoint/checkpoint.ts";

/** What a trial trains, so that one of another run can be told to be the same. */
export interface TrainingIdentity {
  /** In hexadecimal: of all that its results follow from but the number of epochs and the images. */
  readonly training: string;
  /** How many epochs it has if nothing stops it, those of its parents counted. */
  readonly planned: number;
  /** Undefined where its layers do not fit each other. */
  readonly network?: NetworkSize | undefined;
}

/** `records`: those of its run, where a trial finds what its parent is. */
export type IdentityOf = (trial: Trial, records: ReadonlyMap<number, TrialRecord>) => TrainingIdentity;

/**
 * Raise it with a change by which trainings come to other numbers: what older versions have trained is not
 * taken over then.
 */
const VERSION = 1;

/** `sources`: path → the bytes of a layer of one's own. What such a file imports is not followed. */
export function createIdentity(
  seed: number,
  sources: ReadonlyMap<string, Uint8Array>,
  networkOf: (spec: TrialSpec) => NetworkSize | undefined,
): IdentityOf {
  return (trial, records) => {
    const { epochs } = trial.spec.training;
    const { parent, until = epochs } = trial;
    const hash = createHash("sha256").update(`${VERSION}\n${trainingOf(trial, seed)}\n`);
    for (const path of new Set(customTypes(trial.spec.model.layers))) {
      const bytes = sources.get(path) ?? new Uint8Array();
      hash.update(`${path}\n${bytes.length}\n`).update(bytes);
    }
    if (parent !== undefined || until !== epochs) {
      // A part of a training: its schedule is made for all of it, and its beginning is the end of another.
      const from = parent === undefined ? undefined : records.get(parent);
      hash.update(`${epochs} ${from?.training} ${from?.planned}\n`);
    }
    return { training: hash.digest("hex"), planned: until, network: networkOf(trial.spec) };
  };
}
