import type { Model, ForwardContext } from "@nn/layers";
import type { Backend, Tensor } from "@nn/tensor";

import { formatPath } from "../path.ts";

/** Advice at the end of every divergence message. */
const ADVICE = "A smaller learning rate often helps.";

/** Explains why the loss of a batch is not finite. Names the first layer with non-finite numbers. */
export function describeDivergedLoss(
  network: { readonly model: Pick<Model, "findNonFiniteLayer"> },
  images: Tensor,
  pass: ForwardContext,
  epoch: number,
): string {
  const first = network.model.findNonFiniteLayer(images, pass);
  const where = `in epoch ${epoch}, training step ${pass.step + 1}`;
  if (first === undefined) {
    return `the loss is not finite ${where}, but all outputs of the network are finite. ${ADVICE}`;
  }
  const time = first.times.length === 0 ? "" : `, repetition ${first.times.join(".")}`;
  const place = `${formatPath(["model", "layers", ...first.path])} (${first.type}${time})`;
  return `the loss is not finite ${where}: ${place} is the first layer whose ${first.what} are not finite. ${ADVICE}`;
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
