import { checkBatches } from "./batches.ts";
import { isRecord, ownTypes } from "@nn/training";
import { checkMemory } from "./memory.ts";
import type { Fault } from "../schema/schema-problems.ts";
import type { Body } from "../sweep/substitute.ts";
import type { SweepBlock } from "../sweep/sweep.ts";
import {
  checkDataset,
  checkImages,
  checkLayers,
  checkOptimizer,
  checkPixels,
  checkSchedule,
  checkTraining,
  type Misfit,
  type OwnFiles,
} from "./check-trial.ts";
import { trialSpecOf } from "../sweep/trials.ts";

/** An experiment as data, with what the schema says of it. */
export interface Reading extends OwnFiles {
  readonly body: Body;
  readonly faults: readonly Fault[];
}

/** Whether these parts of the experiment, such as `sweep.sampler`, are there and have no mistake in or around them. */
export function areSound({ body, faults }: Reading, ...parts: readonly string[]): boolean {
  return parts.every((part) => {
    const path = part.split(".");
    let value = body.completed;
    for (const step of path) value = isRecord(value) ? value[step] : undefined;
    if (value === undefined) return false;
    return !faults.some((fault) => path.every((step, index) => fault.path[index] === step));
  });
}

/** The `sweep` block, if there is one. Its parts may be used as far as they are sound. */
export function sweepOf({ completed }: Body): SweepBlock | undefined {
  if (!isRecord(completed) || !isRecord(completed["sweep"])) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema is checked for each part before it is used
  return (completed as { readonly sweep?: SweepBlock }).sweep;
}

/** What the sweep ranks by, where it says so rightly. */
export function metricOf(reading: Reading): string | undefined {
  return areSound(reading, "sweep.metric") ? sweepOf(reading.body)?.metric : undefined;
}

/** How often each configuration is run, where the experiment says so rightly. */
export function repeatsOf(reading: Reading): number | undefined {
  const { completed } = reading.body;
  const repeats = areSound(reading, "repeats") && isRecord(completed) ? completed["repeats"] : undefined;
  return typeof repeats === "number" ? repeats : undefined;
}

/** What the schema cannot see, as far as the parts that it needs are right. */
export function misfitsOf(reading: Reading): Misfit[] {
  const { body, ownLayers } = reading;
  const spec = isRecord(body.completed) ? trialSpecOf(body) : undefined;
  if (spec === undefined) return [];
  const misfits: Misfit[] = [];
  if (areSound(reading, "dataset")) misfits.push(...checkDataset(spec, reading));
  const areImagesKnown = areSound(reading, "dataset") && misfits.length === 0;
  if (areImagesKnown) misfits.push(...checkPixels(spec, reading));
  if (areImagesKnown && areSound(reading, "training"))
    misfits.push(...checkImages(spec, metricOf(reading), reading));
  if (areSound(reading, "optimizer")) misfits.push(...checkOptimizer(spec.optimizer));
  if (areSound(reading, "dataset", "schedule")) misfits.push(...checkSchedule(spec, reading));
  if (areSound(reading, "dataset", "training")) misfits.push(...checkTraining(spec, reading));
  const areLayersKnown = (): boolean => ownTypes(spec.model.layers).every((type) => ownLayers.has(type));
  if (areImagesKnown && areSound(reading, "model", "loss") && areLayersKnown()) {
    misfits.push(...checkLayers(spec, reading));
    if (misfits.length === 0 && areSound(reading, "training")) misfits.push(...checkBatches(spec, reading));
    if (misfits.length === 0 && areSound(reading, "optimizer", "training"))
      misfits.push(...checkMemory(spec, reading));
  }
  return misfits;
}
