import type { Kind } from "./template.ts";
import { templates } from "./templates.ts";

/** `hard-tanh` → `hardTanh`: the value that a file of that name exports. */
export function valueName(type: string): string {
  return type.replaceAll(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}

/** What is wrong with the name of a new entry, or undefined. `taken`: the types that there are. */
export function nameProblem(kind: Kind, name: string, taken: Iterable<string>): string | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    const near = kebabCase(name);
    const advice = near === "" || near === name ? "" : `\n  did you mean "${near}"?`;
    return (
      `"${name}" is no name for a ${kind}: small letters and digits, with dashes between words, such as ` +
      `hard-tanh${advice}`
    );
  }
  if (new Set(taken).has(name)) return `there is a ${kind} "${name}" already`;
  if (RESERVED.has(name)) {
    return `"${name}" is a word of TypeScript and cannot name a value\n  did you mean "${name}-${kind}"?`;
  }
  if (namesIn(kind).has(valueName(name)))
    return `"${name}" is a name of its file already: the ${kind} needs another name`;
  return undefined;
}

/** `HardTanh`, `hard_tanh` and `Hard Tanh` are hard-tanh. */
function kebabCase(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "");
}

/** What the files of a new entry import, and what else they call by a name. */
function namesIn(kind: Kind): Set<string> {
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

/** Words of the language that cannot be the name of a value in a module. */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false " +
    "finally for function if implements import in instanceof interface let new null package private " +
    "protected public return " +
    "static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);
