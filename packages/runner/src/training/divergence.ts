import type { Pass } from "@nn/layers";
import type { Tensor } from "@nn/tensor";

import type { Network } from "./network.ts";

/** What most often helps, said with every divergence. */
const ADVICE = "A smaller learning rate often helps.";

/** Why the loss of a batch is not finite: the first layer on the way of `images` whose numbers are not. */
export function divergedLoss(network: Network, images: Tensor, pass: Pass, epoch: number): string {
  const first = network.model.firstNonFinite(images, pass);
  const where = `in epoch ${epoch}, training step ${pass.step + 1}`;
  if (first === undefined) {
    return `the loss is not finite ${where}, though all outputs of the network are. ${ADVICE}`;
  }
  const place = `model.layers[${first.index}] (${first.type})`;
  return `the loss is not finite ${where}: ${place} is the first layer whose ${first.what} are not. ${ADVICE}`;
}

/** Why the weights cannot be used, or undefined when all are finite. */
export function divergedWeights(network: Network, epoch: number): string | undefined {
  const parameter = network.model.parameters.find(({ value }) => !network.backend.allFinite(value));
  if (parameter === undefined) return undefined;
  return `after epoch ${epoch}, ${parameter.name} has numbers that are not finite. ${ADVICE}`;
}
