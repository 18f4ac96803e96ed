import type { LayerDefinition } from "../definition.ts";
import { LayerError } from "./layer-error.ts";
import type { ResolvedLayer } from "./model.ts";

/**
 * The largest number of layers in a network. On one core, planning 10,000 layers takes 1 s, and `validate`
 * takes 4 s and 300 MB. Without this limit, one more nested `repeat` could take minutes and all memory.
 */
export const MAX_LAYERS = 10_000;

/** The number of layers that a layer consists of, and the factors of this number, outermost first. */
interface LayerCount {
  readonly count: number;
  readonly factors: readonly number[];
}

/** Returns the number of layers, including nested ones. */
export function countLayers(layers: readonly ResolvedLayer[]): number {
  return layers.reduce((sum, layer) => sum + countOf(layer).count, 0);
}

/**
 * Throws LayerError if a network would have more than MAX_LAYERS layers. The error names the layer with the
 * most nested layers.
 */
export function checkLayerCount(layers: readonly ResolvedLayer[]): void {
  const counts = layers.map(countOf);
  const sum = counts.reduce((total, { count }) => total + count, 0);
  if (sum <= MAX_LAYERS) return;
  const { count, factors } = counts.reduce((largest, each) => (each.count > largest.count ? each : largest));
  const index = counts.findIndex((each) => each.count === count);
  const { type } = layers[index]!.definition;
  const product = factors.length > 1 ? `${factors.join(" × ")} = ${count}` : `${count}`;
  const all = count > MAX_LAYERS ? "" : `, and the network has ${sum}`;
  throw new LayerError(
    index,
    `${type}: it expands to ${product} layers${all}; a network can have at most ${MAX_LAYERS}. Make one of ` +
      "the counts smaller.",
  );
}

function countOf({ definition, options }: ResolvedLayer): LayerCount {
  const inside = nestedLayersOf(definition, options).map(countOf);
  const copies = definition.countCopies?.(options) ?? 1;
  if (inside.length === 0) return { count: copies, factors: copies === 1 ? [] : [copies] };
  const sum = inside.reduce((total, { count }) => total + count, 0);
  const [only] = inside;
  const below = inside.length === 1 && only !== undefined && only.factors.length > 0 ? only.factors : [sum];
  return {
    count: copies * sum,
    factors: copies === 1 ? below : [copies, ...below.filter((each) => each !== 1)],
  };
}

/** Returns the nested layers in the options of a layer. */
function nestedLayersOf(
  { options: { properties } }: LayerDefinition,
  options: ResolvedLayer["options"],
): ResolvedLayer[] {
  return Object.entries(options).flatMap(([name, value]) => layersIn(properties[name] ?? {}, value));
}

function layersIn(schema: object, value: unknown): ResolvedLayer[] {
  if (!Array.isArray(value) || !("items" in schema)) return [];
  const { items } = schema;
  if (typeof items !== "object" || items === null) return [];
  if ("catalog" in items && items.catalog === "layers") return value.map((layer: ResolvedLayer) => layer);
  return value.flatMap((item: unknown) => layersIn(items, item));
}
