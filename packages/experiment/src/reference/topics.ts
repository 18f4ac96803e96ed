import { extendsSchema } from "../schema/editor-schema.ts";
import { describeSchema, formatYamlValue, type JsonSchema } from "../schema/json-schema.ts";
import { createExperimentSchema } from "../schema/schema.ts";
import { findCatalogByTitle, LIST_DOMAIN, type Catalog, type DocumentedEntry } from "./catalogs.ts";
import { keyExamples } from "./key-examples.ts";

/**
 * A topic of the reference: a key of the experiment file (`training.epochs`), an entry of a catalog
 * (`optimizer.adam`), or an option of an entry (`optimizer.adam.beta1`).
 */
export interface Topic {
  /** The path of the topic. The path of a catalog entry always begins with the home of the catalog. */
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  readonly description: string;
  /** The allowed values, in words. */
  readonly takes: string;
  readonly isRequired: boolean;
  /** True if it is a key of the experiment file, and not an option of an entry. */
  readonly isFileKey: boolean;
  /** The default value as YAML; undefined if there is none. */
  readonly fallback: string | undefined;
  /** One line of YAML. */
  readonly example: string | undefined;
  /** The keys of a block, or the options of an entry. */
  readonly options: readonly Topic[];
  /** The catalog whose entries are allowed here. */
  readonly catalog: Catalog | undefined;
  /** The entries of `catalog`. They are documented only at the catalog's home. */
  readonly entries: readonly Topic[];
  /** For an entry, the documentation in its definition. */
  readonly entry: EntryDocumentation | undefined;
  /** True if the path of a custom part's file is allowed here. */
  readonly takesFiles: boolean;
}

/** The documentation in the definition of a catalog entry. */
export interface EntryDocumentation {
  readonly formula: readonly string[];
  readonly shapes: string | undefined;
  readonly paper: string | undefined;
  readonly source: string;
}

let root: Topic | undefined;

/** Returns the topic of the experiment file; its options are the keys of the file. */
export function createRootTopic(): Topic {
  if (root === undefined) {
    const { properties, ...schema } = createExperimentSchema();
    root = createTopic("", { ...schema, properties: { extends: extendsSchema, ...properties } }, false);
  }
  return root;
}

/**
 * Yields all topics below a topic. Entries are included only at their catalog's home, because a layer may
 * contain layers.
 */
export function* iterateTopics(topic: Topic): Generator<Topic> {
  for (const option of topic.options) {
    yield option;
    yield* iterateTopics(option);
  }
  if (topic.catalog?.home !== topic.path) return;
  for (const entry of topic.entries) {
    yield entry;
    yield* iterateTopics(entry);
  }
}

/** The entry that an option belongs to, and its example line of YAML. */
interface Holder {
  readonly path: string;
  readonly line: string;
}

function createTopic(path: string, schema: JsonSchema, isRequired: boolean, holder?: Holder): Topic {
  const value = getValueSchema(schema);
  const catalog = findCatalogByTitle(schema.title) ?? findCatalogByTitle(value.title);
  const { default: standard } = schema;
  const fallback = standard === undefined ? undefined : formatYamlValue(standard);
  const example = holder === undefined ? createKeyExample(path, fallback) : addOption(holder, path, schema);
  return {
    path,
    name: getLastName(path),
    description: schema.description ?? value.description ?? "",
    takes: catalog === undefined ? describeSchema(schema) : describeChoice(schema),
    isRequired,
    isFileKey: holder === undefined,
    fallback,
    catalog,
    entry: undefined,
    takesFiles: value.properties?.["type"]?.anyOf !== undefined,
    // Created on demand, because a layer that contains layers is among its own entries.
    get example() {
      const first = this.entries[0]?.example;
      return example ?? (first === undefined ? undefined : nestExample(path, first.replace(/^[\w.]+: /, "")));
    },
    get options() {
      return catalog === undefined ? createOptionTopics(path, value, holder) : [];
    },
    get entries() {
      return catalog === undefined ? [] : entriesOf(catalog, value);
    },
  };
}

function entriesOf(catalog: Catalog, { then: list, else: typed, ...value }: JsonSchema): Topic[] {
  const branches = (typed ?? value).allOf ?? [];
  const entries = branches.map((branch) => ({
    name: String(branch.if?.properties?.["type"]?.const),
    schema: branch.then ?? {},
  }));
  if (list !== undefined) entries.unshift({ name: LIST_DOMAIN, schema: list });
  return entries.map(({ name, schema }) => createEntryTopic(catalog, name, schema));
}

function createEntryTopic(catalog: Catalog, name: string, schema: JsonSchema): Topic {
  const definition: DocumentedEntry = catalog.entries.get(name) ?? {};
  const { formula = [], shapes, paper, example = `{ type: ${name} }` } = definition;
  const path = `${catalog.home}.${name}`;
  return {
    path,
    name,
    description: schema.description ?? "",
    takes: name === LIST_DOMAIN ? describeSchema(schema) : "a block",
    isRequired: false,
    isFileKey: false,
    fallback: undefined,
    example: placeExample(catalog, example),
    catalog: undefined,
    entries: [],
    takesFiles: false,
    entry: {
      formula: typeof formula === "string" ? [formula] : formula,
      shapes,
      paper,
      source: catalog.source(name),
    },
    get options() {
      return name === LIST_DOMAIN
        ? []
        : createOptionTopics(path, schema, { path, line: placeExample(catalog, example) });
    },
  };
}

function createOptionTopics(
  path: string,
  { properties = {}, required = [] }: JsonSchema,
  holder?: Holder,
): Topic[] {
  return Object.entries(properties)
    .filter(([name]) => name !== "type")
    .map(([name, schema]) =>
      createTopic(path === "" ? name : `${path}.${name}`, schema, required.includes(name), holder),
    );
}

/** Returns the schema of the items of a list, of the values of free keys, or of the value itself. */
function getValueSchema({ items, additionalProperties, ...schema }: JsonSchema): JsonSchema {
  if (items !== undefined) return getValueSchema(items);
  return typeof additionalProperties === "object" ? additionalProperties : schema;
}

function describeChoice({ items, additionalProperties }: JsonSchema): string {
  if (typeof additionalProperties === "object") return "a block of paths, each with the values to try";
  if (items === undefined) return `a block with a "type"`;
  return items.items === undefined ? `a list of blocks, each with a "type"` : "a list of such lists";
}

function getLastName(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

/** The homes of catalogs whose value is a list of entries. */
const LISTS = new Set(["model.layers", "augment", "loggers"]);

/** Returns the example of an entry, written at the home of its catalog. */
function placeExample({ home }: Catalog, example: string): string {
  if (LISTS.has(home)) return `- ${example}`;
  return home === "sweep.parameters" ? example : `${getLastName(home)}: ${example}`;
}

function createKeyExample(path: string, fallback: string | undefined): string | undefined {
  return keyExamples[path] ?? (fallback === undefined ? undefined : nestExample(path, fallback));
}

/** `a.b.c` → `a: { b: { c: value } }` */
function nestExample(path: string, value: string): string {
  const [first = "", ...rest] = path.split(".");
  return `${first}: ${rest.reduceRight((inner, key) => `{ ${key}: ${inner} }`, value)}`;
}

/**
 * Returns the example line of an entry. Adds this option if it has a plain default and is not in the line.
 */
function addOption({ path: entry, line }: Holder, path: string, { default: standard }: JsonSchema): string {
  if (standard === undefined || typeof standard === "object") return line;
  const option = nestExample(path.slice(entry.length + 1), formatYamlValue(standard));
  const [name] = option.split(":", 1);
  if (new RegExp(`\\b${name}:`).test(line)) return line;
  return line.replace(/ \}$/, `, ${option} }`);
}
