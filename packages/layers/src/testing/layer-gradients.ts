import { createRng } from "@nn/tensor";

import type { ForwardContext } from "../definition.ts";
import { float64ReferenceBackend } from "./backends.ts";
import { describeGradientError, computeNumericGradient } from "./gradient-check.ts";
import { runLayer, type LayerConfiguration, type LayerUnderTest } from "./layer-under-test.ts";
import { drawAwayFromKinks, sumTerms } from "./numbers.ts";

/**
 * Returns one sentence for each gradient of a layer that disagrees with central differences. It contains the
 * index with the largest error, both values and the tolerance. Returns an empty array if all gradients agree.
 * The layer must be built on the float64 reference backend.
 */
export function findGradientErrors(
  built: LayerUnderTest,
  configuration: LayerConfiguration,
  n: number,
  pass: ForwardContext,
): string[] {
  const { x, dy } = drawInputAndGradient(configuration, built.outputShape, n);
  const analytic = runLayer(built, float64ReferenceBackend, x, dy, pass);
  // With loss = Σ y·dy, ∂loss/∂y is dy.
  const loss = () => sumTerms(built.layer.forward(x, pass).data, (y, i) => y * dy.data[i]!);

  const values = { dx: x.data };
  for (const [name, { value }] of built.parameters) Object.assign(values, { [`d${name}`]: value.data });
  return Object.entries(values).flatMap(
    ([name, data]) => describeGradientError(name, analytic[name]!, computeNumericGradient(data, loss)) ?? [],
  );
}

/**
 * Returns random float64 x and dy for a batch of n. The numbers of x are at least 0.1 away from the kinks of
 * the layer.
 */
export function drawInputAndGradient(
  { inputShape, kinks = [0] }: LayerConfiguration,
  outputShape: readonly number[],
  n: number,
) {
  const rng = createRng(11);
  return {
    x: drawAwayFromKinks(float64ReferenceBackend, [n, ...inputShape], rng.fork("x"), kinks),
    dy: drawAwayFromKinks(float64ReferenceBackend, [n, ...outputShape], rng.fork("dy"), [0]),
  };
}
