import type { Optimizer, OptimizerContext, OptimizerDefinition, Parameter } from "@nn/layers";

/**
 * Builds an optimizer with two parameter groups. Weight decay does not apply to parameters with a single
 * axis, such as biases and the scales of normalization layers.
 */
export function buildWithoutBiasDecay(
  definition: OptimizerDefinition,
  options: Record<string, unknown>,
  { backend, parameters }: OptimizerContext,
): Optimizer {
  const isWeight = ({ value }: Parameter): boolean => value.shape.length > 1;
  const groups = [
    definition.build(options, { backend, parameters: parameters.filter(isWeight) }),
    definition.build(
      { ...options, weightDecay: 0 },
      { backend, parameters: parameters.filter((parameter) => !isWeight(parameter)) },
    ),
  ];
  return {
    state: groups.flatMap(({ state }) => state),
    step(factor) {
      for (const group of groups) group.step(factor);
    },
  };
}
