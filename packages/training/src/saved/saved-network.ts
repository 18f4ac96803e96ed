import type { Model } from "@nn/layers";
import type { PixelStatistics } from "@nn/mnist";
import { decodeSafetensors, encodeSafetensors, RunDirectoryError, type TensorFile } from "@nn/results";
import { createRng, formatShape, type Backend, type Shape } from "@nn/tensor";

import { canonicalJson } from "../canonical-json.ts";
import { EVALUATION_BATCH_SIZE } from "../evaluate.ts";
import { isRecord } from "../is-record.ts";
import { buildEvaluationNetwork, type EvaluationNetwork } from "../network.ts";
import type { TrialSpec } from "../trial-spec.ts";
import { listCustomParts } from "./saved-custom-parts.ts";

/**
 * The description of a trained network: everything that is needed to use it, except its weights. It does not
 * depend on the machine, the run or the number of the trial.
 */
export interface NetworkDescription {
  readonly spec: TrialSpec;
  /** Seed of the trial. */
  readonly seed: number;
  /** Seed of the experiment, with which the validation images are drawn. */
  readonly experimentSeed: number;
  /** Shape of one image: (H, W, C). */
  readonly inputShape: Shape;
  /** Number of classes. */
  readonly classes: number;
  /** Names of the classes by label, if they have names. */
  readonly classNames?: readonly string[] | undefined;
  /** How pixels were normalized, on the scale of bytes. If undefined, a pixel is byte / 255. */
  readonly normalization?: PixelStatistics | undefined;
  /** The custom parts of the network: path → SHA-256 of the file that was loaded. See `hashCustomParts`. */
  readonly customParts?: Readonly<Record<string, string>> | undefined;
}

/** A saved network: its description and its tensors by name. */
export interface SavedNetwork extends NetworkDescription {
  readonly tensors: TensorFile["tensors"];
  /** The name of its file, for messages. */
  readonly source: string;
}

/** Version of the metadata. */
const FORMAT = "nn-from-scratch 1";

/** The layout of the tensors in a saved network, for programs that read them. */
export const TENSOR_LAYOUT =
  "row-major; images (N, H, W, C); dense weights (inputs, outputs), y = x W + b; " +
  "convolution weights (height, width, channels per group, filters)";

/**
 * Returns the bytes of model.safetensors: parameters and buffers by name, and the description as metadata.
 * The same network gives the same bytes.
 */
export function encodeNetwork(
  { parameters, buffers }: Pick<Model, "parameters" | "buffers">,
  description: NetworkDescription,
): Uint8Array {
  const tensors = [...parameters, ...buffers].map(({ name, value }) => [name, value] as const);
  return encodeSafetensors(tensors, {
    format: FORMAT,
    layout: TENSOR_LAYOUT,
    ...createNetworkMetadata(description),
  });
}

/** Returns the description of a network as the metadata of model.safetensors: keys and texts. */
export function createNetworkMetadata(description: NetworkDescription): Record<string, string> {
  const { spec, seed, experimentSeed, inputShape, classes, classNames, normalization, customParts } =
    description;
  return {
    spec: canonicalJson(spec),
    seed: `${seed}`,
    experimentSeed: `${experimentSeed}`,
    inputShape: JSON.stringify(inputShape),
    classCount: `${classes}`,
    ...(classNames === undefined ? {} : { classes: JSON.stringify(classNames) }),
    ...(normalization === undefined ? {} : { normalization: canonicalJson(normalization) }),
    ...(customParts === undefined || Object.keys(customParts).length === 0
      ? {}
      : { customParts: canonicalJson(customParts) }),
  };
}

/**
 * Decodes the bytes of a model.safetensors file. `source` names the file in messages. Throws
 * RunDirectoryError if the file is damaged or was not written by `encodeNetwork`.
 */
export function decodeNetwork(bytes: Uint8Array, source: string): SavedNetwork {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const { format } = metadata;
  if (format === "pt") {
    throw new RunDirectoryError(
      "corrupt",
      `${source} has the layout of PyTorch, so it was written by export. Use the run or its model.safetensors instead.`,
    );
  }
  const otherContent = describeOtherContent(metadata);
  if (otherContent !== undefined) {
    throw new RunDirectoryError(
      "corrupt",
      `${source} is ${otherContent}, not a network. Give the model.safetensors of its trial instead: ` +
        `${source.replace(/[^/\\]*$/, "model.safetensors")}.`,
    );
  }
  if (format !== FORMAT) {
    const found = format === undefined ? "has no description of its network" : `has the format "${format}"`;
    throw new RunDirectoryError(
      "corrupt",
      `${source} ${found}; expected "${FORMAT}". Another version of this program wrote it: run its experiment ` +
        `again with --fresh.`,
    );
  }
  requireFinite(tensors, source);
  const wrong = (key: string): Error =>
    new RunDirectoryError(
      "corrupt",
      `${source}: its metadata "${key}" is damaged. Run its experiment again with --fresh.`,
    );
  const read = <Value>(key: string, isValid: (value: unknown) => value is Value): Value => {
    const value = parseJson(metadata[key]);
    if (!isValid(value)) throw wrong(key);
    return value;
  };
  return {
    source,
    tensors,
    spec: read("spec", isTrialSpec),
    seed: read("seed", isCount),
    experimentSeed: read("experimentSeed", isCount),
    inputShape: read("inputShape", isShape),
    classes: read("classCount", isCount),
    classNames: metadata["classes"] === undefined ? undefined : read("classes", isTexts),
    normalization: metadata["normalization"] === undefined ? undefined : read("normalization", isStatistics),
    customParts: metadata["customParts"] === undefined ? undefined : read("customParts", isTextByName),
  };
}

/** Names the content of another safetensors file of a trial; undefined for other files. */
function describeOtherContent(metadata: TensorFile["metadata"]): string | undefined {
  if (metadata["format"]?.startsWith("nn-from-scratch outputs ") === true)
    return "the file with the outputs of a network for the images";
  if (["training", "progress", "sha256"].every((key) => key in metadata))
    return "a checkpoint, from which an interrupted training resumes";
  return undefined;
}

/**
 * Builds a saved network for evaluation and loads its tensors. `experimentFolder` is the folder to which the
 * paths of its custom parts are relative. Throws RunDirectoryError if a tensor is missing or its shape does
 * not match the layer.
 */
export async function loadNetwork(
  { spec, seed, inputShape, classes, tensors, source }: SavedNetwork,
  { backend, experimentFolder }: { readonly backend: Backend; readonly experimentFolder: string },
): Promise<EvaluationNetwork> {
  const network = await buildEvaluationNetwork(spec, {
    backend,
    inputShape,
    classes,
    batchSize: EVALUATION_BATCH_SIZE,
    rng: createRng(seed).fork("model"),
    experimentFolder,
  });
  const { parameters, buffers } = network.model;
  for (const { name, value } of [...parameters, ...buffers]) {
    const saved = tensors.get(name);
    if (saved === undefined || formatShape(saved.shape) !== formatShape(value.shape)) {
      const found = saved === undefined ? "none" : `one of ${formatShape(saved.shape)}`;
      throw new RunDirectoryError(
        "corrupt",
        `${source}: expected a tensor "${name}" of ${formatShape(value.shape)}, got ${found}. If a custom layer ` +
          `was changed since the training, run the experiment again.`,
      );
    }
    value.data.set(saved.data);
  }
  return network;
}

/** Throws RunDirectoryError for a number that is not finite. A trained network has no such numbers. */
function requireFinite(tensors: TensorFile["tensors"], source: string): void {
  for (const [name, { data }] of tensors) {
    const wrong = data.find((number) => !Number.isFinite(number));
    if (wrong === undefined) continue;
    throw new RunDirectoryError(
      "corrupt",
      `${source}: expected finite numbers in the tensor "${name}", got ${wrong}. The file is damaged: run its ` +
        `experiment again with --fresh.`,
    );
  }
}

/** Throws RunDirectoryError unless all outputs of a network are finite. */
export function requireFiniteOutputs(
  outputs: ArrayLike<number>,
  { source, spec }: Pick<SavedNetwork, "source" | "spec">,
): void {
  const parts = listCustomParts(spec);
  const advice =
    parts === ""
      ? "Its weights are damaged: run its experiment again with --fresh."
      : `If ${parts} changed since the training, restore it, or run the experiment again.`;
  for (let index = 0; index < outputs.length; index++) {
    if (Number.isFinite(outputs[index])) continue;
    throw new RunDirectoryError(
      "corrupt",
      `${source}: expected finite outputs of the network, got ${outputs[index]}. ${advice}`,
    );
  }
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every((extent) => isCount(extent) && extent > 0);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isTextByName(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isStatistics(value: unknown): value is PixelStatistics {
  return isRecord(value) && Number.isFinite(value["mean"]) && Number.isFinite(value["deviation"]);
}

/** Checks only the top level, because an unmodified file contains the spec of a checked experiment. */
function isTrialSpec(value: unknown): value is TrialSpec {
  const blocks = ["dataset", "model", "loss", "optimizer", "schedule", "training"];
  if (!isRecord(value) || !blocks.every((name) => isRecord(value[name]))) return false;
  return isRecord(value["model"]) && Array.isArray(value["model"]["layers"]);
}
