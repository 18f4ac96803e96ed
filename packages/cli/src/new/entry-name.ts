import { withArticle } from "@nn/catalog";

import type { EntryKind } from "./template.ts";
import { templates } from "./templates.ts";

/** The largest length of a name, as of an experiment. File systems allow 255 bytes with the extension. */
const MAX_LENGTH = 100;

/** Converts the name of an entry to the name of its exported value: `hard-tanh` to `hardTanh`. */
export function toValueName(type: string): string {
  return type.replaceAll(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}

/**
 * Returns an error message if the name of a new entry is invalid, otherwise undefined. `taken` lists the
 * existing types.
 */
export function checkEntryName(kind: EntryKind, name: string, taken: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) {
    return (
      `"${name.slice(0, 20)}…" is not a valid name for ${withArticle(kind)}: it has ${name.length} characters, ` +
      `at most ${MAX_LENGTH} are allowed\n  Choose a shorter name.`
    );
  }
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const kebab = toKebabCase(name);
    const near = DEVICES.test(kebab) || RESERVED.has(kebab) ? `${kebab}-${kind}` : kebab;
    const advice = near === "" || near === name ? "" : `\n  did you mean "${near}"?`;
    return (
      `"${name}" is not a valid name for ${withArticle(kind)}: use lowercase letters and digits, with dashes ` +
      "between words, " +
      `such as hard-tanh${advice}`
    );
  }
  if (new Set(taken).has(name)) return `${withArticle(kind)} "${name}" already exists`;
  if (RESERVED.has(name)) {
    return `"${name}" is a reserved word of TypeScript\n  did you mean "${name}-${kind}"?`;
  }
  if (DEVICES.test(name))
    return `"${name}" is the name of a device, which no file can have on Windows\n  did you mean "${name}-${kind}"?`;
  if (listTakenNames(kind).has(toValueName(name)))
    return `"${name}" is a name that the file uses: choose another name for the ${kind}`;
  return undefined;
}

/** Converts `HardTanh`, `hard_tanh` and `Hard Tanh` to `hard-tanh`. */
function toKebabCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
}

/** Returns the names that the template's files import or declare. */
function listTakenNames(kind: EntryKind): Set<string> {
  const { source, test } = templates[kind];
  const text = source("its-type", "itsValue") + test("its-type", "itsValue");
  const imported = [...text.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim().replace(/^type /, "")),
  );
  const declared = [...text.matchAll(/^(?:const|function) (?:\[([^\]]*)\]|(\w+))/gm)].flatMap(
    ([, several = "", one = ""]) => [one, ...several.split(",")].map((name) => name.trim()),
  );
  return new Set([...imported, ...declared]);
}

/** Names of devices, which no file can have on Windows, with any extension. */
const DEVICES = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])$/;

/** Reserved words, which cannot be the name of a value in a module. */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false " +
    "finally for function if implements import in instanceof interface let new null package private " +
    "protected public return " +
    "static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);
