import type { TObject } from "typebox";

/** A catalog entry: its name in the experiment file, what it is, and the schema of its options. */
export interface Definition<Options extends TObject = TObject> {
  readonly type: string;
  readonly description: string;
  /** What it computes, a line each. The reference shows this, `example` and `paper`; none is required. */
  readonly formula?: string | readonly string[];
  /** One line of YAML that uses it, `{ type: … }`. Absent: its type alone. */
  readonly example?: string;
  /** Where it was published: authors, year, title. */
  readonly paper?: string;
  /**
   * Everything beside `type` that the entry takes; types, defaults, validation and help all come from here.
   */
  readonly options: Options;
}

/** The entries of one catalog: how to recognize one, and what to say about a value that is none. */
export interface DefinitionKind<Entry extends Definition = Definition> {
  /** `layer`, `loss`, … */
  readonly noun: string;
  /** `defineLayer`, …: the function that makes one. */
  readonly maker: string;
  /**
   * The functions that an entry must have; of several kinds of entries, those of the kind that a value
   * resembles.
   */
  readonly functions: readonly string[] | ((value: object) => readonly string[]);
  /** Carries the type of an entry; no value has it. */
  readonly entry?: Entry;
}

/** Definition → the noun of its kind: a schedule and an optimizer have the same fields. */
const nouns = new WeakMap<object, string>();

/** The same definition, from now on known as one of this kind. Every `define…` function ends in it. */
export function asKind<Entry extends object>(noun: string, definition: Entry): Entry {
  nouns.set(definition, noun);
  return definition;
}

/**
 * The noun of the kind that a value was defined as; undefined of a value that no `define…` function has made.
 */
export function nounOf(value: unknown): string | undefined {
  return isObject(value) ? nouns.get(value) : undefined;
}

/**
 * Whether a value has every field that a definition of this kind needs, and was not defined as another kind.
 */
export function isDefinition<Entry extends Definition>(
  kind: DefinitionKind<Entry>,
  value: unknown,
): value is Entry {
  return (nounOf(value) ?? kind.noun) === kind.noun && faultsOf(kind, value).length === 0;
}

/** Whether a value is meant as a definition of this kind, perhaps with mistakes. */
export function resembles(kind: DefinitionKind, value: unknown): boolean {
  if (!isObject(value)) return false;
  const noun = nounOf(value);
  if (noun !== undefined) return noun === kind.noun;
  return ["options", ...functionsOf(kind, value)].some((field) => field in value);
}

/** What is wrong with a value as a definition of this kind, each fault as a part of a sentence. */
export function faultsOf(kind: DefinitionKind, value: unknown): string[] {
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
