import type { TObject } from "typebox";

/** A catalog entry: its name in the experiment file, its description, and the schema of its options. */
export interface Definition<Options extends TObject = TObject> {
  readonly type: string;
  readonly description: string;
  /**
   * The formula that the entry computes, or several formulas with one line each. The reference shows
   * `formula`, `example` and `paper`.
   */
  readonly formula?: string | readonly string[];
  /** One line of YAML that uses the entry, `{ type: … }`. Default: only its type. */
  readonly example?: string;
  /** The publication: authors, year, title. */
  readonly paper?: string;
  /** The schema of all options except `type`. Types, defaults, validation and help are derived from it. */
  readonly options: Options;
}

/** Returns a noun with its article: `an optimizer`. */
export function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** The kind of the entries of a catalog: the fields that identify an entry, and the words for messages. */
export interface DefinitionKind<Entry extends Definition = Definition> {
  /** `layer`, `loss`, … */
  readonly noun: string;
  /** The function that defines an entry: `defineLayer`, … */
  readonly defineFunction: string;
  /** The names of the functions that an entry must have, or a function that returns them for a value. */
  readonly functions: readonly string[] | ((value: object) => readonly string[]);
  /** Never set. It only carries the type parameter. */
  readonly entry?: Entry;
}

/** Definition → the noun of its kind, because definitions of two kinds can have the same fields. */
const nouns = new WeakMap<object, string>();

/**
 * Marks a definition as one of the kind with this noun, and returns it. Every `define…` function calls it.
 */
export function markDefinition<Entry extends object>(noun: string, definition: Entry): Entry {
  nouns.set(definition, noun);
  return definition;
}

/**
 * Returns the noun of a definition's kind. Returns undefined for a value that no `define…` function has
 * marked.
 */
export function getDefinitionNoun(value: unknown): string | undefined {
  return isObject(value) ? nouns.get(value) : undefined;
}

/**
 * Returns whether a value has all fields of a definition of this kind and was not defined as another kind.
 */
export function isDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  value: unknown,
): value is Entry {
  return (
    (getDefinitionNoun(value) ?? kind.noun) === kind.noun && findDefinitionErrors(kind, value).length === 0
  );
}

/** Returns whether a value seems to be a definition of this kind, possibly with errors. */
export function looksLikeDefinition(kind: DefinitionKind, value: unknown): boolean {
  if (!isObject(value)) return false;
  const noun = getDefinitionNoun(value);
  if (noun !== undefined) return noun === kind.noun;
  return ["options", ...functionsOf(kind, value)].some((field) => field in value);
}

/** Returns the reasons why a value is not a definition of this kind. Each is part of a sentence. */
export function findDefinitionErrors(kind: DefinitionKind, value: unknown): string[] {
  if (!isObject(value)) return [`it must be an object, got ${describe(value)}`];
  const { type, description, options } = value;
  const errors: string[] = [];
  if (typeof type !== "string" || type === "") errors.push(`"type" must be its name, got ${describe(type)}`);
  if (typeof description !== "string")
    errors.push(`"description" must be a sentence, got ${describe(description)}`);
  if (!isObject(options) || options["type"] !== "object" || !isObject(options["properties"])) {
    errors.push(
      `"options" must be the schema of an object, such as Type.Object({ … }), got ${describe(options)}`,
    );
  }
  for (const name of functionsOf(kind, value)) {
    if (typeof value[name] !== "function")
      errors.push(`"${name}" must be a function, got ${describe(value[name])}`);
  }
  return errors;
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
