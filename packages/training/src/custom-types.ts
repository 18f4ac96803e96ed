import { isRecord } from "./is-record.ts";

/** A custom part is named by the path of its file, relative to the experiment file. */
export const CUSTOM_FILE = "^\\.{1,2}/";

/** Whether a `type` names a file. */
export function isCustomType(type: unknown): type is string {
  return typeof type === "string" && new RegExp(CUSTOM_FILE).test(type);
}

/** The custom parts that blocks name, by their paths; those that stand inside other blocks, too. */
export function customTypes(blocks: unknown): string[] {
  if (Array.isArray(blocks)) return blocks.flatMap(customTypes);
  if (!isRecord(blocks)) return [];
  const { type, ...options } = blocks;
  const own = isCustomType(type) ? [type] : [];
  return [...own, ...Object.values(options).flatMap(customTypes)];
}
