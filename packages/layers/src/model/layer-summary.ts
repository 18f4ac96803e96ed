import { countElements, type Shape } from "@nn/tensor";

import type { NestedLayer, LayerPlan } from "../definition.ts";
import type { LayerPath } from "./layer-error.ts";

/** One line of the table that `validate` prints. */
export interface LayerSummary {
  readonly type: string;
  readonly outputShape: Shape;
  /** Number of parameters. Like `multiplyAdds`, it is the total over all repetitions. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** See `LayerPlan`. */
  readonly minBatch?: number;
  /** The nested layers, if any. */
  readonly nestedLayers?: readonly NestedLayerSummary[];
}

/** A nested layer. The summary of the outer layer includes its parameters. */
export interface NestedLayerSummary extends LayerSummary {
  /** The path from the outer layer. */
  readonly path: LayerPath;
  /** Number of repetitions of the layer. */
  readonly times: number;
}

/** Summarizes a layer and its nested layers. `times` is the number of times that the layer occurs. */
export function summarizeLayer(type: string, plan: LayerPlan, times = 1): LayerSummary {
  const { outputShape, parameters = {}, multiplyAdds = 0, minBatch, nestedLayers = [] } = plan;
  const size = Object.values(parameters).reduce((sum, { shape }) => sum + countElements(shape), 0);
  return {
    type,
    outputShape,
    parameters: times * size,
    multiplyAdds: times * multiplyAdds,
    ...(minBatch !== undefined && { minBatch }),
    ...(nestedLayers.length > 0 && {
      nestedLayers: nestedLayers.map((nested) => summarizeNestedLayer(nested, times)),
    }),
  };
}

function summarizeNestedLayer(
  { path, type, plan, times = 1 }: NestedLayer,
  around: number,
): NestedLayerSummary {
  return { ...summarizeLayer(type, plan, around * times), path, times };
}

/**
 * Returns the layers of each repetition in order. Consecutive repetitions with equal summaries are returned
 * once, with the sum of their `times`.
 */
export function groupRepeatedLayers(times: readonly (readonly NestedLayer[])[]): NestedLayer[] {
  const runs: { readonly nestedLayers: readonly NestedLayer[]; count: number }[] = [];
  for (const nestedLayers of times) {
    const last = runs.at(-1);
    if (last !== undefined && looksSame(last.nestedLayers, nestedLayers)) last.count += 1;
    else runs.push({ nestedLayers, count: 1 });
  }
  return runs.flatMap(({ nestedLayers, count }) =>
    nestedLayers.map((nested) => ({ ...nested, times: count * (nested.times ?? 1) })),
  );
}

function looksSame(some: readonly NestedLayer[], others: readonly NestedLayer[]): boolean {
  const [first, second] = [some, others].map((nestedLayers) =>
    JSON.stringify(nestedLayers.map((nested) => summarizeNestedLayer(nested, 1))),
  );
  return first === second;
}
