import { Type } from "typebox";

import type { LayerDefinition } from "../definition.ts";
import type { ResolvedLayer } from "./model.ts";

/**
 * Returns the schema of an option that is a list of layers. In the experiment file, each layer is a block
 * with a `type`. `plan` receives a `ResolvedLayer` for each layer.
 */
export function layerListOption(
  description: string,
): ReturnType<typeof Type.Unsafe<readonly ResolvedLayer[]>> {
  return Type.Unsafe<readonly ResolvedLayer[]>({
    type: "array",
    minItems: 1,
    // Replaced by the entries of the catalog when the schema of an experiment is assembled.
    items: { catalog: "layers" },
    description,
  });
}

/** A layer in an experiment file. */
export interface LayerBlock {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Finds the definitions of layers and, optionally, completes their options with defaults. */
export interface LayerResolver {
  find(type: string): LayerDefinition;
  complete?(definition: LayerDefinition, options: Record<string, unknown>): Record<string, unknown>;
}

/** Returns the definition and options of a block. Does the same for all layers nested in its options. */
export function resolveLayer({ type, ...written }: LayerBlock, resolver: LayerResolver): ResolvedLayer {
  const definition = resolver.find(type);
  const options = resolver.complete?.(definition, written) ?? written;
  const { properties } = definition.options;
  const chosen = Object.entries(options).map(([name, value]): [string, unknown] => [
    name,
    resolveInside(properties[name] ?? {}, value, resolver),
  ]);
  return { definition, options: Object.fromEntries(chosen) };
}

function resolveInside(schema: object, value: unknown, resolver: LayerResolver): unknown {
  if (!Array.isArray(value) || !("items" in schema)) return value;
  const { items } = schema;
  if (typeof items !== "object" || items === null) return value;
  if ("catalog" in items && items.catalog === "layers") {
    return value.map((block: LayerBlock) => resolveLayer(block, resolver));
  }
  return value.map((item: unknown) => resolveInside(items, item, resolver));
}
