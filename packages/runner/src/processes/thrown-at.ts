import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { Sample } from "@nn/training";

/**
 * Returns where a custom layer threw an error, for the printed line: `./layer.ts:12:15, model.layers[1]`.
 * Undefined if the stack contains no custom layer.
 */
export function thrownAt(
  stack: string,
  { spec, experimentFolder }: Pick<Sample, "spec" | "experimentFolder">,
): string | undefined {
  const own = spec.model.layers
    .map(({ type }, index) => ({
      index,
      file: resolve(experimentFolder, type),
      isFile: type.startsWith("."),
    }))
    .filter(({ isFile }) => isFile);
  for (const { file, place } of framesOf(stack)) {
    const matching = own.filter((layer) => layer.file === file);
    if (matching.length === 0) continue;
    // If a file is used twice, the stack does not show which use failed.
    const which = matching.map(({ index }) => `model.layers[${index}]`).join(" or ");
    return `${relative(process.cwd(), file)}:${place}, ${which}`;
  }
  return undefined;
}

/** Returns the files and positions of a stack, the innermost first. */
function framesOf(stack: string): { file: string; place: string }[] {
  return [...stack.matchAll(/(file:\/\/\S+?):(\d+:\d+)\)?$/gm)].map(([, url = "", place = ""]) => ({
    // A file may be loaded with a query, which forces Node to reload it.
    file: fileURLToPath(url.replace(/[?#].*$/, "")),
    place,
  }));
}
