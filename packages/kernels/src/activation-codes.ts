import type { Activation } from "@nn/tensor";

/** The codes of the activations in the kernels. Keep them in sync with assembly/activations.ts. */
const codes = { relu: 1, "leaky-relu": 2, sigmoid: 3, tanh: 4 } satisfies Record<Activation["kind"], number>;

/** Returns the code of an activation in the kernels, or 0 for no activation. */
export function getActivationCode(activation: Activation | undefined): number {
  return activation === undefined ? 0 : codes[activation.kind];
}

/** Returns the slope of a leaky relu for x < 0. Returns 0 for any other activation and for no activation. */
export function getLeakyReluSlope(activation: Activation | undefined): number {
  return activation?.kind === "leaky-relu" ? activation.slope : 0;
}
