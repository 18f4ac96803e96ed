import type { Shape } from "@nn/tensor";
import { Value } from "typebox/value";

import { layers } from "../catalog.ts";
import type { Definition, LayerDefinition, LayerPlan } from "../definition.ts";
import { chooseLayer } from "../model/nested-layers.ts";

/**
 * Options with the schema's defaults filled in, as a checked experiment file has them. Throws when they do
 * not fit it.
 */
export function completeOptions(
  definition: Definition,
  options: Record<string, unknown>,
): Record<string, unknown> {
  const complete = { ...options };
  Value.Default(definition.options, complete);
  const [error] = Value.Errors(definition.options, complete);
  if (error !== undefined) {
    throw new Error(
      `${definition.type}: the options ${JSON.stringify(options)} do not fit its schema: ${error.message}`,
    );
  }
  return complete;
}

/**
 * The plan of a layer with these options: defaults filled in, the layers among them with their definitions.
 */
export function planWith(
  definition: LayerDefinition,
  options: Record<string, unknown>,
  inputShape: Shape,
): LayerPlan {
  const chosen = chooseLayer(
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

/** `{ units: 3, bias: false }`, for the name of a test. */
export function formatOptions(options: Record<string, unknown>): string {
  const pairs = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}
