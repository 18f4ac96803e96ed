import type { LayerPlan } from "../definition.ts";

/**
 * Returns the multiply-adds of the backward pass of one example. Each product of the forward pass has two
 * factors, such as x and W, and the gradient of each factor is a product of the same size. The backward pass
 * therefore has twice the multiply-adds of the forward pass, minus those of an unneeded input gradient.
 */
export function countBackwardMultiplyAdds(
  {
    multiplyAdds = 0,
    inputGradientMultiplyAdds = multiplyAdds,
  }: Pick<LayerPlan, "multiplyAdds" | "inputGradientMultiplyAdds">,
  needsInputGradient: boolean,
): number {
  return 2 * multiplyAdds - (needsInputGradient ? 0 : inputGradientMultiplyAdds);
}
