import { isRecord } from "../is-record.ts";

/** Pattern of the `type` of a custom part: the path of its file, relative to the experiment file. */
export const CUSTOM_TYPE_PATTERN = "^\\.{1,2}/";

/** Whether a `type` is the path of a file. */
export function isCustomType(type: unknown): type is string {
  return typeof type === "string" && new RegExp(CUSTOM_TYPE_PATTERN).test(type);
}

/** Returns the paths of the custom parts in these blocks, including nested blocks. */
export function collectCustomTypes(blocks: unknown): string[] {
  if (Array.isArray(blocks)) return blocks.flatMap(collectCustomTypes);
  if (!isRecord(blocks)) return [];
  const { type, ...options } = blocks;
  const own = isCustomType(type) ? [type] : [];
  return [...own, ...Object.values(options).flatMap(collectCustomTypes)];
}
