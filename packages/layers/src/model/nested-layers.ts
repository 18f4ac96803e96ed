import { Type } from "typebox";

import type { LayerDefinition } from "../definition.ts";
import type { LayerChoice } from "./model.ts";

/**
 * An option that is a list of layers. In the file blocks with a `type`; in `plan` each with its definition.
 */
export function layerList(description: string): ReturnType<typeof Type.Unsafe<readonly LayerChoice[]>> {
  return Type.Unsafe<readonly LayerChoice[]>({
    type: "array",
    minItems: 1,
    // Whoever assembles the schema of an experiment puts the catalog's entries in place of this.
    items: { catalog: "layers" },
    description,
  });
}

/** A layer as an experiment file has it. */
export interface LayerBlock {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Where definitions come from, and how options get their defaults where they have none yet. */
export interface LayerSource {
  find(type: string): LayerDefinition;
  complete?(definition: LayerDefinition, options: Record<string, unknown>): Record<string, unknown>;
}

/** The definition that a block names, and those of all layers that its options hold. */
export function chooseLayer({ type, ...written }: LayerBlock, source: LayerSource): LayerChoice {
  const definition = source.find(type);
  const options = source.complete?.(definition, written) ?? written;
  const { properties } = definition.options;
  const chosen = Object.entries(options).map(([name, value]): [string, unknown] => [
    name,
    chooseInside(properties[name] ?? {}, value, source),
  ]);
  return { definition, options: Object.fromEntries(chosen) };
}

function chooseInside(schema: object, value: unknown, source: LayerSource): unknown {
  if (!Array.isArray(value) || !("items" in schema)) return value;
  const { items } = schema;
  if (typeof items !== "object" || items === null) return value;
  if ("catalog" in items && items.catalog === "layers") {
    return value.map((block: LayerBlock) => chooseLayer(block, source));
  }
  return value.map((item: unknown) => chooseInside(items, item, source));
}
