import { readdirSync } from "@nn/platform/files";
import { basename, dirname, extname, join, resolve } from "@nn/platform/path";

import { findNearestName } from "./suggestion.ts";

/**
 * Returns advice about a file that does not exist: the most similar name, or a list of files. It searches the
 * folder of the file and the subfolder `below` (such as `experiments`). `name` is the path as written.
 */
export function suggestFile(file: string, name: string, kind: RegExp, below?: string): string {
  const folder = dirname(resolve(file));
  const beside = listNames(folder, kind);
  if (beside === undefined) return `There is no folder "${dirname(name)}" either.`;
  const inBelow =
    below === undefined ? [] : (listNames(join(folder, below), kind) ?? []).map((each) => join(below, each));
  const wanted = basename(file);
  const match = nearestFile(wanted, beside) ?? nearestFile(wanted, inBelow);
  if (match === undefined) {
    return inBelow.length > 0 ? `Existing files: ${listOf(inBelow)}` : describeFilesInFolder(folder, kind);
  }
  const prefix = name.startsWith("./") ? "./" : "";
  return `did you mean "${prefix}${join(dirname(name), match)}"?`;
}

function nearestFile(wanted: string, names: readonly string[]): string | undefined {
  return (
    names.find((each) => basename(each) === wanted || removeExtension(each) === wanted) ??
    // File extensions are not compared, because they would make short names similar: nope.yaml and one.yaml.
    names.find(
      (each) =>
        removeExtension(each) === findNearestName(removeExtension(wanted), names.map(removeExtension)),
    )
  );
}

/** Returns a sentence that lists the files of a kind in a folder. */
export function describeFilesInFolder(folder: string, kind: RegExp): string {
  const names = listNames(folder, kind) ?? [];
  if (names.length === 0) return "There is no such file in that folder.";
  return `In that folder: ${listOf(names)}`;
}

function listOf(names: readonly string[]): string {
  return names.slice(0, 8).join(", ") + (names.length > 8 ? ", …" : "");
}

/** Returns the names of files of a kind; undefined if there is no such folder. */
function listNames(folder: string, kind: RegExp): string[] | undefined {
  try {
    return readdirSync(folder)
      .filter((name) => kind.test(name))
      .sort();
  } catch {
    return undefined;
  }
}

function removeExtension(name: string): string {
  return basename(name, extname(name));
}
