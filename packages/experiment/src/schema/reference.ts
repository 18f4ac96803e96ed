import { extendsSchema } from "./editor-schema.ts";
import { describeSchema, formatYamlValue, type JsonSchema } from "./json-schema.ts";
import { experimentSchema } from "./schema.ts";

const OPENING = `# Reference

Every key of an experiment file and every entry of the catalogs. Written by \`pnpm run schema\` from the schemas
that check the files: do not edit it. [Experiment files](experiments.md) says how they are put together.

In the column "default", "required" is a key that must be there, in the file or in one that it extends; – is one
that may be left out and has no default.`;

const OWN_FILES =
  "Beside these, a file of your own, by its path: [layers of your own](experiments.md#layers-of-your-own).";

/** The text of docs/reference.md: the schema of an experiment, for people. */
export function reference(): string {
  const schema = experimentSchema();
  const keys = [...keysOf({ ...schema, properties: { extends: extendsSchema, ...schema.properties } })];
  const choices = keys.filter((key) => kindsOf(key).length > 0);
  const homes: Homes = new Map(choices.map((key) => [titleOf(key) ?? key.path, homeOf(key, choices).path]));
  const sections = choices.filter((key) => homeOf(key, choices) === key).map((key) => section(key, homes));
  return `${[OPENING, "## The file", keyTable(keys, homes), ...sections].join("\n\n")}\n`;
}

/**
 * The key whose section lists the entries of a catalog, by the catalog's title: an option may take such an
 * entry too.
 */
type Homes = ReadonlyMap<string, string>;

/** The first key that takes everything this one takes: there it is described. */
function homeOf(key: Key, choices: readonly Key[]): Key {
  const names = (each: Key): string[] => kindsOf(each).map(({ name }) => name);
  return choices.find((other) => names(key).every((name) => names(other).includes(name))) ?? key;
}

/** A key and where it stands: `training.epochs`. */
interface Key {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/**
 * The keys of a block and, after each, the keys below it; options that depend on a `type` are left to their
 * sections.
 */
function* keysOf({ properties = {}, required = [] }: JsonSchema, above = ""): Generator<Key> {
  for (const [name, schema] of Object.entries(properties)) {
    const key = { path: `${above}${name}`, schema, required: required.includes(name) };
    yield key;
    if (kindsOf(key).length === 0) yield* keysOf(schema, `${key.path}.`);
  }
}

/** One of the things that a key may hold: an entry of a catalog by its `type`, or a list of values. */
interface Kind {
  readonly name: string;
  readonly schema: JsonSchema;
}

function kindsOf({ schema }: Pick<Key, "schema">): Kind[] {
  const value = valueOf(schema);
  const list = value.then === undefined ? [] : [{ name: "A list", schema: value.then }];
  const branches = (value.else ?? value).allOf ?? [];
  const entries = branches.map((branch) => ({
    name: String(branch.if?.properties?.["type"]?.const),
    schema: branch.then ?? {},
  }));
  return [...list, ...entries];
}

/** What stands in a list, or at the keys of one's own, or the value itself. */
function valueOf({ items, additionalProperties, ...schema }: JsonSchema): JsonSchema {
  return items ?? (typeof additionalProperties === "object" ? additionalProperties : schema);
}

/** What the entries of a catalog are called, one of which, or a list of which, the key takes. */
function titleOf({ schema }: Key): string | undefined {
  return schema.title ?? valueOf(schema).title;
}

function section(key: Key, homes: Homes): string {
  const { path, schema } = key;
  const parts = [`## ${path}`, markdown(schema.description ?? "")];
  if (valueOf(schema).properties?.["type"]?.anyOf !== undefined) {
    parts.push(OWN_FILES);
  }
  for (const kind of kindsOf(key)) parts.push(`### ${kind.name}`, ...describe(kind, homes));
  return parts.join("\n\n");
}

function describe({ schema }: Kind, homes: Homes): string[] {
  const description = markdown(schema.description ?? "");
  if (schema.properties === undefined) return [description, `Takes ${markdown(describeSchema(schema))}.`];
  const options = [...keysOf(schema)].filter(({ path }) => path !== "type");
  return options.length === 0 ? [description, "No options."] : [description, keyTable(options, homes)];
}

function keyTable(keys: readonly Key[], homes: Homes): string {
  const rows = keys.map((key) => [`\`${key.path}\``, takes(key, homes), fallback(key), description(key)]);
  return table(["key", "takes", "default", "what it is"], rows);
}

function takes(key: Key, homes: Homes): string {
  const words = markdown(describeSchema(key.schema));
  if (kindsOf(key).length === 0) return words;
  const home = homes.get(titleOf(key) ?? "") ?? key.path;
  return `${words}: [${home}](#${home.replaceAll(".", "")})`;
}

function fallback({ schema, required }: Key): string {
  if (schema.default !== undefined) return `\`${formatYamlValue(schema.default)}\``;
  return required ? "required" : "–";
}

function description({ schema }: Key): string {
  return markdown(schema.description ?? "");
}

/** Plain text, to be shown as it is. */
function markdown(text: string): string {
  return text.replaceAll(/[\\`*_<[\]|]/g, String.raw`\$&`);
}

/** Columns padded to one width, as the formatter wants them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
