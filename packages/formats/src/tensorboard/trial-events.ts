import type { Metrics, Parameters, ParameterValue } from "@nn/results";
import { canonicalJson } from "@nn/training";

import { concatenate } from "../concatenate.ts";
import { encodeEvent, type EventContent, type HyperparameterValue } from "./encode-event.ts";
import { encodeRecord } from "./record.ts";

/** A completed epoch. `wallTime` is the time of its end, in seconds since 1970. */
export interface TensorboardEpoch {
  /** 1, 2, …: the step in TensorBoard. */
  readonly epoch: number;
  readonly wallTime: number;
  readonly train: Metrics;
  readonly validation?: Metrics | undefined;
}

/** The start of a trial. `wallTime` is in seconds since 1970. */
export interface TensorboardStart {
  readonly wallTime: number;
  /** Maps each swept path to its value. Empty without a sweep. */
  readonly parameters: Parameters;
}

/** The end of a trial after `epoch` epochs. `wallTime` is in seconds since 1970. */
export interface TensorboardEnd {
  readonly epoch: number;
  readonly wallTime: number;
  readonly test?: Metrics | undefined;
  /** Whether the trial completed. Otherwise, it was pruned, diverged or failed. */
  readonly completed: boolean;
}

/** A trial that has ended. */
export interface TensorboardTrial {
  readonly start: TensorboardStart;
  readonly epochs: readonly TensorboardEpoch[];
  readonly end?: TensorboardEnd | undefined;
}

/**
 * Returns the name of a trial's event file. TensorBoard recognizes files by "tfevents" in the name, and shows
 * one run per folder. `wallTime` is in seconds since 1970. `suffix` makes the name unique, for example the
 * number of the trial.
 */
export function createEventFileName(wallTime: number, suffix: string): string {
  return `events.out.tfevents.${Math.floor(wallTime)}.${suffix}`;
}

/**
 * Encodes a trial as a TensorBoard event file. It contains the scalars train/loss, train/accuracy and
 * validation/… per epoch, test/… at the end, and the swept values as hyperparameters. The bytes are the
 * concatenation of `encodeStartEvents`, `encodeEpochEvents` for each epoch, and `encodeEndEvents`.
 */
export function encodeTrialEvents({ start, epochs, end }: TensorboardTrial): Uint8Array {
  return concatenate([
    encodeStartEvents(start),
    ...epochs.map(encodeEpochEvents),
    ...(end === undefined ? [] : [encodeEndEvents(end)]),
  ]);
}

/** Returns the first bytes of an event file. Call it once per file. */
export function encodeStartEvents({ wallTime, parameters }: TensorboardStart): Uint8Array {
  const hyperparameters = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, toHyperparameter(value)]),
  );
  // Without hyperparameters, the plugin shows nothing.
  const isSwept = Object.keys(parameters).length > 0;
  return concatenate([
    record(wallTime, 0, { version: "brain.Event:2" }),
    // Repeats of a configuration form a group. TensorBoard shows the mean of a group.
    ...(isSwept ? [record(wallTime, 0, { hyperparameters, group: canonicalJson(parameters) })] : []),
  ]);
}

/** Returns the bytes to append to an event file after an epoch. */
export function encodeEpochEvents({ epoch, wallTime, train, validation }: TensorboardEpoch): Uint8Array {
  const scalars = { ...tagged("train", train), ...tagged("validation", validation) };
  return record(wallTime, epoch, { scalars });
}

/** Returns the bytes to append to an event file when the trial has ended. */
export function encodeEndEvents({ epoch, wallTime, test, completed }: TensorboardEnd): Uint8Array {
  return concatenate([
    ...(test === undefined ? [] : [record(wallTime, epoch, { scalars: tagged("test", test) })]),
    record(wallTime, 0, { end: completed ? "success" : "failure" }),
  ]);
}

function tagged(split: string, metrics: Metrics | undefined): Record<string, number> {
  if (metrics === undefined) return {};
  return { [`${split}/loss`]: metrics.loss, [`${split}/accuracy`]: metrics.accuracy };
}

/** Converts a block, such as an optimizer with its options, to JSON, and null to the text "null". */
function toHyperparameter(value: ParameterValue): HyperparameterValue {
  return typeof value === "object" ? canonicalJson(value) : value;
}

function record(wallTime: number, step: number, content: EventContent): Uint8Array {
  return encodeRecord(encodeEvent({ wallTime, step, content }));
}
