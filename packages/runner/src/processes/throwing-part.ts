import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { formatPath, isCustomType, isRecord, type Path, type Sample } from "@nn/training";

/**
 * Returns where a custom part threw an error, for the printed line: `./layer.ts:12:15, model.layers[1]`.
 * Undefined if the stack contains no custom part.
 */
export function findThrowingPart(
  stack: string,
  { spec, experimentFolder }: Pick<Sample, "spec" | "experimentFolder">,
): string | undefined {
  const parts = partsOf(spec, []).map(({ path, type }) => ({ path, file: resolve(experimentFolder, type) }));
  for (const { file, place } of framesOf(stack)) {
    const matching = parts.filter((part) => part.file === file);
    if (matching.length === 0) continue;
    // If a file is used twice, the stack does not show which use failed.
    const which = matching.map(({ path }) => formatPath(path)).join(" or ");
    return `${relative(process.cwd(), file)}:${place}, ${which}`;
  }
  return undefined;
}

/** The blocks that name a file, each with its place in the spec. */
function partsOf(value: unknown, path: Path): { readonly path: Path; readonly type: string }[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => partsOf(each, [...path, index]));
  if (!isRecord(value)) return [];
  const { type, ...options } = value;
  const own = isCustomType(type) ? [{ path, type }] : [];
  return [...own, ...Object.entries(options).flatMap(([key, each]) => partsOf(each, [...path, key]))];
}

/** The files of a stack and the places in them, the innermost first. */
function framesOf(stack: string): { file: string; place: string }[] {
  return [...stack.matchAll(/(file:\/\/\S+?):(\d+:\d+)\)?$/gm)].map(([, url = "", place = ""]) => ({
    // A file may be loaded with a query, which forces Node to reload it.
    file: fileURLToPath(url.replace(/[?#].*$/, "")),
    place,
  }));
}
