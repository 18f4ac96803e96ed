import { existsSync, readFileSync } from "@nn/platform/files";
import { dirname, relative, resolve, sep } from "@nn/platform/path";

import { isCustomType, parsePath, type Path } from "@nn/training";

import {
  builtIn,
  extendCatalogs,
  isOpen,
  openCatalogs,
  type CatalogName,
  type Catalogs,
} from "./catalogs.ts";
import type { CustomPartError } from "./errors/custom-part-error.ts";
import { locateLoadFailure, withoutFolder } from "./errors/load-failure.ts";
import { nearbyFile } from "./errors/nearby-file.ts";
import type { Problem, Problems } from "./errors/problem.ts";
import { splitSentences } from "./errors/sentences.ts";
import { fillDefaults, schemaFor, type JsonSchema } from "./schema/json-schema.ts";
import { experimentSchema, schemaOf } from "./schema/schema.ts";
import { checkSchema } from "./schema/schema-problems.ts";
import { findTarget } from "./sweep/substitute.ts";
import { find, toData, type Located, type LocatedEntry, type LocatedMap } from "./yaml/located.ts";
import { positionOf, type Span } from "./yaml/source.ts";

/** The parts that an experiment brings along in files of its own. */
export interface CustomParts {
  /** The experiment, in which the path of each is relative to the experiment file. */
  readonly root: LocatedMap;
  /** The built-in entries and the custom ones, by the path that names them. */
  readonly catalogs: Catalogs;
  /** Path → the bytes of the file, for the fingerprint. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
  /** The paths of those that cannot be used, which the problems tell. */
  readonly unusable: ReadonlySet<string>;
  /** What to tell about a function of such a part that fails later. */
  problemOf(error: CustomPartError): Problem | undefined;
}

const FILE = /\.[cm]?[jt]s$/;

/** Where a custom part is named, and as what. */
interface Naming {
  readonly catalog: CatalogName;
  /** The path of its file from the experiment file. */
  readonly name: string;
  readonly place: Span;
}

/**
 * Loads every part that is named by a file, once. A path is relative to the file that names it; what comes
 * back has it relative to the experiment file, so that it holds for the resolved experiment too. Runs the
 * files: that is why a person names them.
 */
export async function loadCustomParts(
  root: LocatedMap,
  file: string,
  problems: Problems,
): Promise<CustomParts> {
  const home = dirname(resolve(file));
  const { catalogs, load } = extendCatalogs();
  const namings = new Map<string, Naming>();
  const sources = new Map<string, Uint8Array>();
  const unusable = new Set<string>();
  const tellFailure = (naming: Naming, cause: unknown, reason: string): Problem => {
    const { catalog, name, place } = naming;
    const { noun, maker } = openCatalogs[catalog].kind;
    const path = resolve(home, name);
    const [fact] = splitSentences(withoutFolder(reason.replace(`${path}: `, ""), home));
    const found = locateLoadFailure(cause, path, home, dirname(file));
    const here = existsSync(path)
      ? `Correct that file, or name ${withArticle(noun)} of the catalog.`
      : nearbyFile(path, name, FILE);
    return {
      place: found ?? place,
      message: `the ${noun} ${name} cannot be used: ${fact}`,
      expected: `a file that exports one ${noun}, made by ${maker}({ … })`,
      advice: found === undefined ? here : `Correct it, or name another ${noun} ${whereIs(place)}.`,
    };
  };

  let renamed = root;
  // A part may hold others, which its schema tells: so it is loaded before they are looked for.
  for (let before = -1; before < namings.size;) {
    before = namings.size;
    const found: Naming[] = [];
    renamed = rename(root, experimentSchema(before === 0 ? builtIn : catalogs), home, (naming) =>
      found.push(naming),
    );
    for (const naming of found) {
      const { catalog, name } = naming;
      const key = `${catalog} ${name}`;
      if (namings.has(key)) continue;
      namings.set(key, naming);
      const path = resolve(home, name);
      try {
        // A schema that is none shows here.
        await load(catalog, name, path, (definition) => checkSchema(schemaOf(definition)));
        sources.set(name, readFileSync(path));
      } catch (error) {
        unusable.add(name);
        const reason = error instanceof Error ? error.message : String(error);
        problems.add(tellFailure(naming, error instanceof Error ? error.cause : undefined, reason));
      }
    }
  }
  return {
    root: renamed,
    catalogs: namings.size === 0 ? builtIn : catalogs,
    sources,
    unusable,
    problemOf(error) {
      const naming = [...namings.values()].find(
        ({ catalog, name }) => `${openCatalogs[catalog].kind.noun} ${name}` === error.part,
      );
      const reason = error.message.replace(`the ${error.part} cannot be used: `, "");
      return naming && tellFailure(naming, error.cause, reason);
    },
  };
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}

/** `at spec.yaml:10:15`, `in --set …` */
function whereIs(place: Span): string {
  const { line, column } = positionOf(place);
  const { kind, name } = place.source;
  return kind === "file" ? `at ${name}:${line}:${column}` : `in ${name}`;
}

/** The experiment with each custom part named from `home`; `onNaming` hears of each. */
function rename(
  root: LocatedMap,
  schema: JsonSchema,
  home: string,
  onNaming: (naming: Naming) => void,
): LocatedMap {
  const to: Rename = (catalog, type) => {
    if (type.kind !== "scalar" || !isCustomType(type.value)) return type;
    const target = relative(home, resolve(type.span.source.folder, type.value)).split(sep).join("/");
    const name = target.startsWith("../") ? target : `./${target}`;
    onNaming({ catalog, name, place: type.span });
    return { ...type, value: name };
  };
  const named = renameIn(root, schema, to);
  const parameters = find(root, ["sweep", "parameters"])?.value;
  if (named.kind !== "map" || parameters?.kind !== "map") return named.kind === "map" ? named : root;
  const written = toData(named);
  const body = { schema, written, completed: fillDefaults(schema, written) };
  const entries = new Map<string, LocatedEntry>();
  for (const [text, { key, value }] of parameters.entries) {
    const parsed = parsePath(text);
    const path = parsed.ok ? parsed.steps.map(({ step }) => step) : [];
    entries.set(text, { key, value: renameDomain(value, path, (at) => findTarget(body, at)?.schema, to) });
  }
  const swept = replaceAt(named, ["sweep", "parameters"], { ...parameters, entries });
  return swept.kind === "map" ? swept : named;
}

/** The `type` of a block of that catalog, as it is called from the experiment file. */
type Rename = (catalog: CatalogName, type: Located) => Located;

/** What is tried at a path: blocks, or the types of blocks. */
function renameDomain(
  domain: Located,
  path: Path,
  schemaAt: (path: Path) => JsonSchema | undefined,
  to: Rename,
): Located {
  const block = path.at(-1) === "type" ? schemaAt(path.slice(0, -1)) : undefined;
  if (block !== undefined) {
    const { catalog } = block;
    return isOpen(catalog) ? mapOptions(domain, (option) => to(catalog, option)) : domain;
  }
  const schema = schemaAt(path);
  return schema === undefined ? domain : mapOptions(domain, (option) => renameIn(option, schema, to));
}

/** Every block in it that names an entry of an open catalog. */
function renameIn(node: Located, schema: JsonSchema, to: Rename): Located {
  if (node.kind === "scalar") return node;
  const { catalog, items } = schema;
  if (node.kind === "list") {
    // Where no list belongs it is one of values to try.
    const each = items ?? schema;
    return { ...node, items: node.items.map((item) => renameIn(item, each, to)) };
  }
  const type = node.entries.get("type");
  if (type?.value.kind === "scalar" && type.value.value === "choice" && node.entries.has("values"))
    return mapOptions(node, (option) => renameIn(option, schema, to));
  const named = type && isOpen(catalog) ? to(catalog, type.value) : type?.value;
  const { properties = {} } = schemaFor(schema, { type: named && toData(named) });
  const entries = [...node.entries].map(([key, { value, ...entry }]): [string, LocatedEntry] => {
    if (key === "type" && named !== undefined) return [key, { ...entry, value: named }];
    const below = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [key, { ...entry, value: below === undefined ? value : renameIn(value, below, to) }];
  });
  return { ...node, entries: new Map(entries) };
}

/** The options of a domain, however the list of them is written. */
function mapOptions(domain: Located, change: (option: Located) => Located): Located {
  const values = find(domain, ["values"])?.value;
  if (values?.kind === "list") return replaceAt(domain, ["values"], mapOptions(values, change));
  return domain.kind === "list" ? { ...domain, items: domain.items.map(change) } : domain;
}

function replaceAt(node: Located, [key, ...rest]: readonly string[], value: Located): Located {
  if (key === undefined) return value;
  const entry = node.kind === "map" ? node.entries.get(key) : undefined;
  if (node.kind !== "map" || entry === undefined) return node;
  const next = { key: entry.key, value: replaceAt(entry.value, rest, value) };
  return { ...node, entries: new Map(node.entries).set(key, next) };
}
