import type { PartSpec } from "../trial-spec.ts";

/** Layers that do not change the values of their input. */
const SHAPE_ONLY_LAYERS: ReadonlySet<string> = new Set(["flatten", "reshape", "permute"]);

/**
 * Returns the types of the layers that compute the outputs. There are several if the network ends in
 * branches. Inner layers of a layer with a shortcut are ignored.
 */
export function getOutputLayerTypes(layers: readonly PartSpec[]): readonly string[] {
  const last = layers.findLast(({ type }) => !SHAPE_ONLY_LAYERS.has(type));
  if (last === undefined) return [];
  if (last.type === "repeat") return getOutputLayerTypes(listOf(last["layers"]));
  if (last.type === "parallel" && Array.isArray(last["branches"]))
    return last["branches"].flatMap((branch: unknown) => getOutputLayerTypes(listOf(branch)));
  return [last.type];
}

function listOf(value: unknown): readonly PartSpec[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema check guarantees layers
  return Array.isArray(value) ? (value as readonly PartSpec[]) : [];
}
