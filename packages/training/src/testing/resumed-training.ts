import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import type { TrialSpec } from "../trial-spec.ts";
import { CHECKPOINT_FILE, CheckpointFile } from "../checkpoint/checkpoint-file.ts";
import { Evaluator } from "../evaluate.ts";
import { train, type EpochMetrics, type TrainingResult } from "../train.ts";
import type { TrialAssignment } from "../messages.ts";
import { createSilentObserver, createToyTraining, toySpec, createToySplit } from "./toy-training.ts";

/** The result of one process's share of a training run. `training` is undefined if the process was killed. */
export interface TrainingAttempt {
  readonly training: TrainingResult | undefined;
  /** In the order of the reports. */
  readonly epochs: readonly EpochMetrics[];
  readonly resumed: { readonly epoch: number; readonly seen: number } | undefined;
  /** Progress of each written checkpoint, as `epochs+images`. */
  readonly written: readonly string[];
  readonly notices: readonly string[];
  /** All parameters and buffers of the network, by name. */
  readonly weights: Record<string, number[]>;
}

/** Options of a share of a training run: its assignment, and when its process is killed. */
export interface TrainingAttemptOptions extends Partial<TrialAssignment> {
  /** The process is killed after this number of checkpoints. */
  readonly killedAfter?: number;
  readonly seed?: number;
}

class Killed extends Error {}

/** Trials of the toy data set, each in its own folder. Only the folder is kept between shares. */
export class ResumableTrials {
  readonly path = mkdtempSync(join(tmpdir(), "nn-checkpoint-"));

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  /** Returns trials that are removed after the current test. */
  static forTest(): ResumableTrials {
    const trials = new ResumableTrials();
    onTestFinished(() => trials.remove());
    return trials;
  }

  checkpoint(name: string): string {
    return join(this.path, name, CHECKPOINT_FILE);
  }

  checkpointBytes(name: string): string {
    return readFileSync(this.checkpoint(name)).toString("base64");
  }

  /**
   * Trains the trial of this name in a new network, until it ends, pauses or is killed. By default, writes a
   * checkpoint after each step.
   */
  async train(
    name: string,
    changes: Partial<TrialSpec>,
    { killedAfter = Infinity, seed = 1, ...assigned }: TrainingAttemptOptions = {},
  ): Promise<TrainingAttempt> {
    const spec = { ...toySpec, ...changes };
    const trialFolder = join(this.path, name);
    mkdirSync(trialFolder, { recursive: true });
    const { network, config } = await createToyTraining(spec, { split: createToySplit(52), seed });

    const epochs: EpochMetrics[] = [];
    const written: string[] = [];
    const notices: string[] = [];
    let resumed: TrainingAttempt["resumed"];
    const assignment: TrialAssignment = {
      trial: { number: 1, seed, configuration: 0, parameters: {}, spec },
      experimentSeed: 1,
      threads: 1,
      experimentFolder: "/",
      dataFolder: "/",
      metric: "validation.accuracy",
      goal: "maximize",
      trialFolder,
      until: spec.training.epochs,
      checkpointSeconds: 0,
      recorded: 0,
      ...assigned,
    };
    const checkpointer = new CheckpointFile(assignment, () => 0, {
      onResumed(epoch, seen, unrecorded) {
        resumed = { epoch, seen };
        epochs.push(...unrecorded);
      },
      onWritten(epoch, seen) {
        written.push(`${epoch}+${seen}`);
        if (written.length >= killedAfter) throw new Killed();
      },
      onUnusable: (message) => notices.push(message),
    });
    const observer = {
      ...createSilentObserver(),
      onEpoch: (measures: EpochMetrics) => void epochs.push(measures),
    };
    const images = config.images.slice(0, 40);
    const validation = new Evaluator(config.split, config.images.slice(40));
    const { until } = assignment;
    let training: TrainingResult | undefined;
    try {
      const trained = await train(network, { ...config, images, validation, until }, observer, checkpointer);
      await checkpointer.written();
      training = trained;
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
    const { parameters, buffers } = network.model;
    const weights = Object.fromEntries(
      [...parameters, ...buffers].map(({ name: own, value }) => [own, [...value.data]]),
    );
    return { training, epochs, resumed, written, notices, weights };
  }
}
