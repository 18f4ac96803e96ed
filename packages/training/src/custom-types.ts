import { isRecord } from "./is-record.ts";

/** A layer of one's own is named by the path of its file, relative to the experiment file. */
export const CUSTOM_FILE = "^\\.{1,2}/";

/** The layers of one's own that layers name, by their paths; those that are held by other layers, too. */
export function customTypes(layers: unknown): string[] {
  if (Array.isArray(layers)) return layers.flatMap(customTypes);
  if (!isRecord(layers)) return [];
  const { type, ...options } = layers;
  const own = typeof type === "string" && new RegExp(CUSTOM_FILE).test(type) ? [type] : [];
  return [...own, ...Object.values(options).flatMap(customTypes)];
}
