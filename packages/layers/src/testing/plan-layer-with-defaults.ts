import { completeOptions } from "@nn/catalog/testing/complete-options";
import type { Shape } from "@nn/tensor";

import { layers } from "../catalog.ts";
import type { LayerDefinition, LayerPlan } from "../definition.ts";
import { resolveLayer } from "../model/nested-layers.ts";

/** Plans a layer with these options. Fills in the defaults, and finds the definitions of nested layers. */
export function planLayerWithDefaults(
  definition: LayerDefinition,
  options: Record<string, unknown>,
  inputShape: Shape,
): LayerPlan {
  const chosen = resolveLayer(
    { ...options, type: definition.type },
    {
      find: (type) => (type === definition.type ? definition : catalogued(type)),
      complete: completeOptions,
    },
  );
  return definition.plan(chosen.options, inputShape);
}

function catalogued(type: string): LayerDefinition {
  const definition = layers.get(type);
  if (definition === undefined) throw new Error(`there is no layer "${type}"`);
  return definition;
}
