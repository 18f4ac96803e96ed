import { createHash } from "@nn/platform/hash";

import type { StateDict } from "@nn/layers";
import { readRunFile, type TensorFile } from "@nn/results";
import type { Tensor } from "@nn/tensor";

import type { Trial } from "../trial-spec.ts";
import { canonicalJson } from "../canonical-json.ts";
import { isRecord } from "../is-record.ts";
import { parseExact, stringifyExact } from "./exact-json.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { decodeWithChecksum, encodeWithChecksum } from "./safetensors-checksum.ts";
import type { EpochMetrics, TrainingState } from "../train.ts";

/**
 * The state of a training run. It is stored as a safetensors file. Tensors have names of the form
 * `<part>.<name>` (`model.layers.1.weight`, `optimizer.layers.1.weight.velocity`). The metadata contains
 * everything else.
 *
 * The state is saved between two steps of the optimizer, when all gradients are zero. It contains no random
 * state, because random numbers depend only on seed, epoch and step. The same state of the same run has the
 * same bytes.
 */
export interface Checkpoint {
  /** Hash of the training run, see `computeTrainingHash`. */
  readonly training: string;
  /** Metrics of the completed epochs. */
  readonly epochs: readonly EpochMetrics[];
  /** Number of these epochs that were trained by another trial. */
  readonly inherited: number;
  /** Maps each part to the numbers of each of its state dicts. */
  readonly numbers: Readonly<Record<string, readonly Numbers[]>>;
  readonly tensors: TensorFile["tensors"];
}

type Numbers = Readonly<Record<string, number>>;

/** Thrown for a checkpoint from which training cannot resume. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** Version of the file format. Other versions of this program may write other formats. */
const FORMAT = "3";

/**
 * Returns a hash of everything that determines the bytes of a training run, except its number of epochs. A
 * longer run can therefore resume from the end of a shorter one, although its learning rate schedule may
 * differ.
 */
export function computeTrainingHash({ spec, seed }: Trial, experimentSeed: number): string {
  const { epochs: _epochs, ...training } = spec.training;
  const text = canonicalJson({ ...spec, training, seed, experimentSeed });
  return createHash("sha256").update(text).digest("hex");
}

/** Returns the bytes of a checkpoint file. */
export function encodeCheckpoint(
  { epochs, metrics, stateDicts }: TrainingState,
  { training, inherited }: Pick<Checkpoint, "training" | "inherited">,
): Uint8Array {
  const parts = partsOf({ metrics, stateDicts });
  const numbers = Object.fromEntries(
    parts.map(([part, states]) => [part, states.map((state) => state.numbers)]),
  );
  const progress = stringifyExact({ epochs, inherited, numbers });
  return encodeWithChecksum(tensorsOf(parts), { format: FORMAT, training, progress });
}

/**
 * Reads a checkpoint file. Throws CheckpointError, or RunDirectoryError if the file is missing or incomplete.
 */
export function readCheckpoint(path: string): Checkpoint {
  return decodeCheckpoint(readRunFile(path), path);
}

/**
 * Decodes the bytes of a checkpoint file; `where` names their source in messages. Throws CheckpointError, or
 * RunDirectoryError if they are incomplete.
 */
export function decodeCheckpoint(bytes: Uint8Array, where: string): Checkpoint {
  const { tensors, metadata, isIntact } = decodeWithChecksum(bytes, where);
  const { format, training = "", progress = "" } = metadata;
  if (format !== FORMAT) {
    throw new CheckpointError(`expected format ${FORMAT}, got ${format ?? "none"}: another version wrote it`);
  }
  if (!isIntact) throw new CheckpointError("its checksum is wrong, so it is damaged");
  let content: unknown;
  try {
    content = parseExact(progress);
  } catch {
    throw new CheckpointError("its progress is not JSON");
  }
  if (!isProgress(content)) throw new CheckpointError("its progress is not that of a training");
  return { ...content, training, tensors };
}

/**
 * Restores a checkpoint. If it does not match the training state, throws CheckpointError and changes nothing.
 *
 * `own` is whether the same training run wrote the checkpoint. In this case, all state must match. The
 * checkpoint of another run must be at the end of an epoch, and its model must match. Other state is restored
 * if both have it, and otherwise keeps its initial values. Early stopping always starts over, because the
 * other run has other hyperparameters, and only the trial's own epochs can be restored.
 */
export function restoreCheckpoint(checkpoint: Checkpoint, trainingState: TrainingState, own: boolean): void {
  const all = partsOf(trainingState);
  const parts = own ? all : all.filter(([part]) => part !== "earlyStopping");
  checkTensors(checkpoint, parts, own ? () => true : (name) => name.startsWith("model."));
  if (own) checkNumbers(checkpoint, parts);
  else if (checkpoint.numbers["meter"]?.[0]?.["examples"] !== 0) {
    throw new CheckpointError(
      `it is in the middle of epoch ${checkpoint.epochs.length + 1}, not at the end of one`,
    );
  }

  for (const [name, { data }] of tensorsOf(parts)) {
    const saved = checkpoint.tensors.get(name);
    if (saved?.data.length === data.length) data.set(saved.data);
  }
  for (const [part, states] of parts) {
    for (const [index, { numbers }] of states.entries()) {
      const saved = checkpoint.numbers[part]?.[index] ?? {};
      for (const key of Object.keys(numbers)) numbers[key] = saved[key] ?? numbers[key]!;
    }
  }
  trainingState.epochs.splice(0, Infinity, ...checkpoint.epochs);
}

/**
 * Returns the progress of a checkpoint: the number of completed epochs, and the number of images seen in the
 * next one.
 */
export function getCheckpointProgress({ epochs, numbers }: Checkpoint): {
  readonly epoch: number;
  readonly seen: number;
} {
  return { epoch: epochs.length, seen: numbers["meter"]?.[0]?.["examples"] ?? 0 };
}

type Parts = readonly (readonly [part: string, states: readonly StateDict[]])[];

function partsOf({ metrics, stateDicts }: Pick<TrainingState, "metrics" | "stateDicts">): Parts {
  return [...Object.entries(stateDicts), ["meter", [metrics]]];
}

function tensorsOf(parts: Parts) {
  return parts.flatMap(([part, states]) =>
    states.flatMap(({ tensors }) => tensors.map(({ name, value }) => [`${part}.${name}`, value] as const)),
  );
}

/**
 * Throws CheckpointError if a tensor is missing or has another shape. `matters` selects the tensors to check.
 */
function checkTensors({ tensors }: Checkpoint, parts: Parts, matters: (name: string) => boolean): void {
  const here = new Map<string, Tensor>(tensorsOf(parts));
  for (const name of new Set([...here.keys(), ...tensors.keys()].filter(matters))) {
    const [own, saved] = [here.get(name)?.shape, tensors.get(name)?.shape];
    if (own?.join() === saved?.join()) continue;
    const shown = (shape: readonly number[] | undefined): string =>
      shape === undefined ? "none" : `(${shape.join(", ")})`;
    throw new CheckpointError(`expected tensor ${name} of shape ${shown(own)}, got ${shown(saved)}`);
  }
}

function checkNumbers({ numbers }: Checkpoint, parts: Parts): void {
  for (const [part, states] of parts) {
    const [here, saved] = [states.map((state) => state.numbers), numbers[part] ?? []];
    const keys = (each: readonly Numbers[]): string =>
      JSON.stringify(each.map((one) => Object.keys(one).sort()));
    if (keys(here) !== keys(saved)) throw new CheckpointError(`the state of its ${part} does not match`);
  }
}

function isProgress(value: unknown): value is Pick<Checkpoint, "epochs" | "inherited" | "numbers"> {
  return (
    isRecord(value) &&
    typeof value["inherited"] === "number" &&
    Array.isArray(value["epochs"]) &&
    value["epochs"].every((measures, index) => isEpoch(measures, index + 1)) &&
    isRecord(value["numbers"]) &&
    Object.values(value["numbers"]).every((part) => Array.isArray(part) && part.every(isNumbers))
  );
}

function isEpoch(value: unknown, epoch: number): value is EpochMetrics {
  return (
    isRecord(value) &&
    value["epoch"] === epoch &&
    isMeasure(value["train"]) &&
    (value["validation"] === undefined || isMeasure(value["validation"]))
  );
}

function isMeasure(value: unknown): value is Metrics {
  return isRecord(value) && typeof value["loss"] === "number" && typeof value["accuracy"] === "number";
}

function isNumbers(value: unknown): value is Numbers {
  return isRecord(value) && Object.values(value).every((number) => typeof number === "number");
}
