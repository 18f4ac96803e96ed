import type { TObject } from "typebox";

/** A catalog entry: its name in the experiment file, its description, and the schema of its options. */
export interface Definition<Options extends TObject = TObject> {
  readonly type: string;
  readonly description: string;
  /**
   * What it computes, one formula per line. The reference shows it, `example` and `paper`; all are optional.
   */
  readonly formula?: string | readonly string[];
  /** One line of YAML that uses it, `{ type: … }`. Default: only its type. */
  readonly example?: string;
  /** Where it was published: authors, year, title. */
  readonly paper?: string;
  /** The schema of all options except `type`; types, defaults, validation and help come from it. */
  readonly options: Options;
}

/** The kind of the entries of a catalog: how to recognize one, and the words for messages. */
export interface DefinitionKind<Entry extends Definition = Definition> {
  /** `layer`, `loss`, … */
  readonly noun: string;
  /** The function that makes one: `defineLayer`, … */
  readonly maker: string;
  /**
   * The functions that an entry must have. If they depend on the entry, a function that returns them for a
   * value.
   */
  readonly functions: readonly string[] | ((value: object) => readonly string[]);
  /** Carries the type of an entry; never set. */
  readonly entry?: Entry;
}

/** Definition → the noun of its kind, because definitions of two kinds can have the same fields. */
const nouns = new WeakMap<object, string>();

/** Marks a definition as one of this kind and returns it. Every `define…` function calls it. */
export function markDefinition<Entry extends object>(noun: string, definition: Entry): Entry {
  nouns.set(definition, noun);
  return definition;
}

/** Returns the noun of the kind that a value was defined as; undefined if no `define…` function made it. */
export function nounOf(value: unknown): string | undefined {
  return isObject(value) ? nouns.get(value) : undefined;
}

/**
 * Returns whether a value has every field that a definition of this kind needs, and was not defined as
 * another kind.
 */
export function isDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  value: unknown,
): value is Entry {
  return (nounOf(value) ?? kind.noun) === kind.noun && definitionErrors(kind, value).length === 0;
}

/** Returns whether a value is meant as a definition of this kind, possibly with errors. */
export function looksLikeDefinition(kind: DefinitionKind, value: unknown): boolean {
  if (!isObject(value)) return false;
  const noun = nounOf(value);
  if (noun !== undefined) return noun === kind.noun;
  return ["options", ...functionsOf(kind, value)].some((field) => field in value);
}

/** Returns the errors of a value as a definition of this kind, each as part of a sentence. */
export function definitionErrors(kind: DefinitionKind, value: unknown): string[] {
  if (!isObject(value)) return [`it must be an object, got ${describe(value)}`];
  const { type, description, options } = value;
  const faults: string[] = [];
  if (typeof type !== "string" || type === "") faults.push(`"type" must be its name, got ${describe(type)}`);
  if (typeof description !== "string")
    faults.push(`"description" must be a sentence, got ${describe(description)}`);
  if (!isObject(options) || options["type"] !== "object" || !isObject(options["properties"])) {
    faults.push(
      `"options" must be the schema of an object, such as Type.Object({ … }), got ${describe(options)}`,
    );
  }
  for (const name of functionsOf(kind, value)) {
    if (typeof value[name] !== "function")
      faults.push(`"${name}" must be a function, got ${describe(value[name])}`);
  }
  return faults;
}

function functionsOf({ functions }: DefinitionKind, value: object): readonly string[] {
  return typeof functions === "function" ? functions(value) : functions;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return value === null || typeof value === "string" ? JSON.stringify(value) : `a ${typeof value}`;
}
