import { readdirSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";

import { nearest } from "./suggestion.ts";

/** What to do about a file that is not there: the nearest name beside it, or what there is. `name`: as it was written. */
export function nearbyFile(file: string, name: string, kind: RegExp): string {
  const folder = dirname(resolve(file));
  const names = namesIn(folder, kind);
  if (names === undefined) return `There is no folder "${dirname(name)}" either.`;
  const wanted = basename(file);
  const match =
    names.find((each) => stem(each) === wanted) ??
    nearest(wanted, names) ??
    names.find((each) => stem(each) === nearest(stem(wanted), names.map(stem)));
  if (match === undefined) return filesIn(folder, kind);
  const prefix = name.startsWith("./") ? "./" : "";
  return `did you mean "${prefix}${join(dirname(name), match)}"?`;
}

/** The files of a kind in a folder, as a sentence. */
export function filesIn(folder: string, kind: RegExp): string {
  const names = namesIn(folder, kind) ?? [];
  if (names.length === 0) return "There is no such file in that folder.";
  const more = names.length > 8 ? ", …" : "";
  return `In that folder: ${names.slice(0, 8).join(", ")}${more}`;
}

/** Undefined when there is no such folder. */
function namesIn(folder: string, kind: RegExp): string[] | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => kind.test(name))
      .sort();
  } catch {
    return undefined;
  }
}

function stem(name: string): string {
  return basename(name, extname(name));
}
