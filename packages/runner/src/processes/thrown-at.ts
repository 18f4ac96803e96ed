import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import type { Sample } from "@nn/training";

/**
 * Where an error came out of a layer of one's own, for the line that a person reads: `./layer.ts:12:15,
 * model.layers[1]`. Undefined where the stack of the error leads through none.
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
    // Of one file used twice the stack does not tell which.
    const which = matching.map(({ index }) => `model.layers[${index}]`).join(" or ");
    return `${relative(process.cwd(), file)}:${place}, ${which}`;
  }
  return undefined;
}

/** The files of a stack and the places in them, the innermost first. */
function framesOf(stack: string): { file: string; place: string }[] {
  return [...stack.matchAll(/(file:\/\/\S+?):(\d+:\d+)\)?$/gm)].map(([, url = "", place = ""]) => ({
    // A file may be loaded with a query, so as to be loaded anew.
    file: fileURLToPath(url.replace(/[?#].*$/, "")),
    place,
  }));
}
