import type { ForwardContext, Model } from "@nn/layers";
import type { Backend, Tensor } from "@nn/tensor";

import { isRecord } from "../is-record.ts";
import { formatPath, type Path } from "../path.ts";
import type { TrialSpec } from "../trial-spec.ts";

/** Advice about weights that have diverged in training. */
const ADVICE = "A smaller learning rate often helps.";

/** The parts of a trial's spec that can be the cause of a non-finite loss, besides the learning rate. */
export type DivergenceCauses = Pick<TrialSpec, "dataset" | "augment" | "model" | "loss">;

/** A batch whose loss is not finite. */
export interface DivergedBatch {
  readonly images: Tensor;
  readonly pass: ForwardContext;
  readonly epoch: number;
  /** Whether the optimizer has not taken a step yet. Then the learning rate is not the cause. */
  readonly isBeforeFirstStep: boolean;
}

/**
 * Explains why the loss of a batch is not finite. Names the images of the batch if they are not finite;
 * otherwise, the first layer with non-finite numbers.
 */
export function describeDivergedLoss(
  network: {
    readonly backend: Pick<Backend, "allFinite">;
    readonly model: Pick<Model, "findNonFiniteLayer" | "penalty">;
  },
  spec: DivergenceCauses,
  { images, pass, epoch, isBeforeFirstStep }: DivergedBatch,
): string {
  const opening = `the loss is not finite in epoch ${epoch}, training step ${pass.step + 1}`;
  if (!network.backend.allFinite(images)) {
    const types = (spec.augment ?? []).map(({ type }) => type).join(", ");
    const cause = types === "" ? `the data set ${spec.dataset.type}` : `the augmentations: ${types}`;
    return `${opening}: the images of the batch have numbers that are not finite. Check ${cause}.`;
  }
  const first = network.model.findNonFiniteLayer(images, pass);
  if (first === undefined) {
    const finite = `${opening}, but all outputs of the network are finite.`;
    if (!isBeforeFirstStep) return `${finite} ${ADVICE}`;
    return Number.isFinite(network.model.penalty())
      ? `${finite} No weight has been trained yet: check the loss ${spec.loss.type}.`
      : `${finite} The regularization penalty is not: lower it.`;
  }
  const time = first.times.length === 0 ? "" : `, repetition ${first.times.join(".")}`;
  const place = `${formatPath(["model", "layers", ...first.path])} (${first.type}${time})`;
  const found = `${opening}: ${place} is the first layer whose ${first.what} are not finite.`;
  if (!isBeforeFirstStep) return `${found} ${ADVICE}`;
  const layer = first.what === "weights" ? "" : "this layer and ";
  return `${found} No weight has been trained yet: check ${layer}the initializer ${findInitializer(spec, first.path)}.`;
}

/** Returns the type of the initializer of a layer: its own, that of a layer around it, or the model's. */
function findInitializer({ model }: DivergenceCauses, path: Path): string {
  let { type } = model.initializer;
  let block: unknown = model.layers;
  for (const key of path) {
    block = typeof block === "object" && block !== null ? Reflect.get(block, key) : undefined;
    const own = isRecord(block) ? block["initializer"] : undefined;
    if (isRecord(own)) type = String(own["type"]);
  }
  return type;
}

/**
 * Explains why the weights cannot be used. Returns undefined if all are finite. Also checks buffers: an
 * infinite running variance makes every normalized number zero, which no later check detects.
 */
export function describeDivergedWeights(
  { backend, model }: { readonly backend: Backend; readonly model: Pick<Model, "parameters" | "buffers"> },
  epoch: number,
): string | undefined {
  const first = [...model.parameters, ...model.buffers].find(({ value }) => !backend.allFinite(value));
  if (first === undefined) return undefined;
  return `after epoch ${epoch}, ${first.name} has numbers that are not finite. ${ADVICE}`;
}
