import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { formatPath, isCustomType, isRecord, type Path, type CalibrationRequest } from "@nn/training";

/**
 * Returns the location at which a custom part threw an error, for a message: `layer.ts:12:15,
 * model.layers[1]`. Returns undefined if the stack contains no custom part.
 */
export function describeThrowingPart(
  stack: string,
  { spec, experimentFolder }: Pick<CalibrationRequest, "spec" | "experimentFolder">,
): string | undefined {
  const parts = listParts(spec, []).map(({ path, type }) => ({
    path,
    file: resolve(experimentFolder, type),
  }));
  for (const { file, place } of parseFrames(stack)) {
    const matching = parts.filter((part) => part.file === file);
    if (matching.length === 0) continue;
    // If a file is used twice, the stack does not show which use failed.
    const which = matching.map(({ path }) => formatPath(path)).join(" or ");
    return `${relative(process.cwd(), file)}:${place}, ${which}`;
  }
  return undefined;
}

/** Returns the file of the custom part at this path of the spec; undefined if no custom part is there. */
export function findPartFile(
  path: Path,
  { spec, experimentFolder }: Pick<CalibrationRequest, "spec" | "experimentFolder">,
): string | undefined {
  const part = listParts(spec, []).find((each) => formatPath(each.path) === formatPath(path));
  return part && relative(process.cwd(), resolve(experimentFolder, part.type));
}

/** Returns the blocks whose type is a file, each with its path in the spec. */
function listParts(value: unknown, path: Path): { readonly path: Path; readonly type: string }[] {
  if (Array.isArray(value)) return value.flatMap((each: unknown, index) => listParts(each, [...path, index]));
  if (!isRecord(value)) return [];
  const { type, ...options } = value;
  const own = isCustomType(type) ? [{ path, type }] : [];
  return [...own, ...Object.entries(options).flatMap(([key, each]) => listParts(each, [...path, key]))];
}

/** Returns the files of a stack trace with line and column, the innermost call first. */
function parseFrames(stack: string): { file: string; place: string }[] {
  return [...stack.matchAll(/(file:\/\/\S+?):(\d+:\d+)\)?$/gm)].map(([, url = "", place = ""]) => ({
    // The URL may have a query, with which Node loads the file again. The path does not contain it.
    file: fileURLToPath(url),
    place,
  }));
}
