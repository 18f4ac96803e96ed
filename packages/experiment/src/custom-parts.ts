import { withArticle } from "@nn/catalog";
import { existsSync, readFileSync } from "@nn/platform/files";
import { dirname, relative, resolve, sep } from "@nn/platform/path";

import { isCustomType, parsePath, type Path } from "@nn/training";

import {
  builtInCatalogs,
  extendCatalogs,
  isCustomizable,
  customizableCatalogs,
  type CatalogName,
  type Catalogs,
} from "./catalogs.ts";
import type { CustomPartError } from "./errors/custom-part-error.ts";
import { locateLoadFailure, makePathsRelative } from "./errors/load-failure.ts";
import { suggestFile } from "./errors/suggest-file.ts";
import type { Problem, Problems } from "./errors/problem.ts";
import { splitAdvice } from "./errors/split-advice.ts";
import { fillDefaults, selectSchema, type JsonSchema } from "./schema/json-schema.ts";
import { createExperimentSchema, getEntrySchema } from "./schema/schema.ts";
import { checkSchema } from "./schema/schema-problems.ts";
import { findSubstitutionTarget } from "./sweep/substitute.ts";
import { findNode, toData, type Located, type LocatedEntry, type LocatedMap } from "./yaml/located.ts";
import { getPosition, type Span } from "./yaml/source.ts";

/** The custom parts of an experiment. */
export interface CustomParts {
  /** The experiment, with the paths of custom parts relative to the experiment file. */
  readonly root: LocatedMap;
  /** The built-in entries, and the custom ones by their paths. */
  readonly catalogs: Catalogs;
  /** Maps each path to the bytes of its file, for the fingerprint. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
  /** The paths of parts that cannot be used; a problem was added for each. */
  readonly unloadable: ReadonlySet<string>;
  /** Returns the problem to report if a function of a part fails later. */
  problemOf(error: CustomPartError): Problem | undefined;
}

const FILE = /\.[cm]?[jt]s$/;

/** A position at which a custom part is named, and its catalog. */
interface Naming {
  readonly catalog: CatalogName;
  /** The path of its file, relative to the experiment file. */
  readonly name: string;
  readonly place: Span;
}

/**
 * Imports each custom part that an experiment names, which executes its file. A path is relative to the file
 * that names it. The returned experiment has paths relative to the experiment file, so they are also valid in
 * the resolved experiment.
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
  const unloadable = new Set<string>();
  const tellFailure = (naming: Naming, cause: unknown, reason: string): Problem => {
    const { catalog, name, place } = naming;
    const { noun, defineFunction } = customizableCatalogs[catalog].kind;
    const path = resolve(home, name);
    const [fact] = splitAdvice(makePathsRelative(reason.replace(`${path}: `, ""), home));
    const found = locateLoadFailure(cause, path, home, dirname(file));
    const here = existsSync(path)
      ? `Correct that file, or name ${withArticle(noun)} of the catalog.`
      : suggestFile(path, name, FILE);
    return {
      place: found ?? place,
      message: `the ${noun} ${name} cannot be used: ${fact}`,
      expected: `a file that exports one ${noun}, made by ${defineFunction}({ … })`,
      advice: found === undefined ? here : `Correct it, or use another ${noun} ${formatPlace(place)}.`,
    };
  };

  let renamed = root;
  // The schema of a part defines which other parts it contains. So the part is loaded before the search for
  // them.
  for (let before = -1; before < namings.size;) {
    before = namings.size;
    const found: Naming[] = [];
    renamed = rename(
      root,
      createExperimentSchema(before === 0 ? builtInCatalogs : catalogs),
      home,
      (naming) => found.push(naming),
    );
    for (const naming of found) {
      const { catalog, name } = naming;
      const key = `${catalog} ${name}`;
      if (namings.has(key)) continue;
      namings.set(key, naming);
      const path = resolve(home, name);
      try {
        // An invalid schema throws here.
        await load(catalog, name, path, (definition) => checkSchema(getEntrySchema(definition)));
        sources.set(name, readFileSync(path));
      } catch (error) {
        unloadable.add(name);
        const reason = error instanceof Error ? error.message : String(error);
        problems.add(tellFailure(naming, error instanceof Error ? error.cause : undefined, reason));
      }
    }
  }
  return {
    root: renamed,
    catalogs: namings.size === 0 ? builtInCatalogs : catalogs,
    sources,
    unloadable,
    problemOf(error) {
      const naming = [...namings.values()].find(
        ({ catalog, name }) => `${customizableCatalogs[catalog].kind.noun} ${name}` === error.part,
      );
      const reason = error.message.replace(`the ${error.part} cannot be used: `, "");
      return naming && tellFailure(naming, error.cause, reason);
    },
  };
}

/** Returns `at spec.yaml:10:15` or `in --set …`. */
function formatPlace(place: Span): string {
  const { line, column } = getPosition(place);
  const { kind, name } = place.source;
  return kind === "file" ? `at ${name}:${line}:${column}` : `in ${name}`;
}

/** Returns the experiment with the path of each custom part relative to `home`. Calls `onNaming` for each. */
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
  const parameters = findNode(root, ["sweep", "parameters"])?.value;
  if (named.kind !== "map" || parameters?.kind !== "map") return named.kind === "map" ? named : root;
  const written = toData(named);
  const body = { schema, written, completed: fillDefaults(schema, written) };
  const entries = new Map<string, LocatedEntry>();
  for (const [text, { key, value }] of parameters.entries) {
    const parsed = parsePath(text);
    const path = parsed.ok ? parsed.steps.map(({ step }) => step) : [];
    entries.set(text, {
      key,
      value: renameDomain(value, path, (at) => findSubstitutionTarget(body, at)?.schema, to),
    });
  }
  const swept = replaceAt(named, ["sweep", "parameters"], { ...parameters, entries });
  return swept.kind === "map" ? swept : named;
}

/** Returns the `type` of a block of this catalog, with its path relative to the experiment file. */
type Rename = (catalog: CatalogName, type: Located) => Located;

/** Renames the custom parts in a domain, whose values are blocks or types of blocks. */
function renameDomain(
  domain: Located,
  path: Path,
  schemaAt: (path: Path) => JsonSchema | undefined,
  to: Rename,
): Located {
  const block = path.at(-1) === "type" ? schemaAt(path.slice(0, -1)) : undefined;
  if (block !== undefined) {
    const { catalog } = block;
    return isCustomizable(catalog) ? mapOptions(domain, (option) => to(catalog, option)) : domain;
  }
  const schema = schemaAt(path);
  return schema === undefined ? domain : mapOptions(domain, (option) => renameIn(option, schema, to));
}

/** Renames the custom parts in every block of a catalog that can have custom parts. */
function renameIn(node: Located, schema: JsonSchema, to: Rename): Located {
  if (node.kind === "scalar") return node;
  const { catalog, items } = schema;
  if (node.kind === "list") {
    // If the schema does not expect a list, this is a list of values to try.
    const each = items ?? schema;
    return { ...node, items: node.items.map((item) => renameIn(item, each, to)) };
  }
  const type = node.entries.get("type");
  if (type?.value.kind === "scalar" && type.value.value === "choice" && node.entries.has("values"))
    return mapOptions(node, (option) => renameIn(option, schema, to));
  const named = type && isCustomizable(catalog) ? to(catalog, type.value) : type?.value;
  const { properties = {} } = selectSchema(schema, { type: named && toData(named) });
  const entries = [...node.entries].map(([key, { value, ...entry }]): [string, LocatedEntry] => {
    if (key === "type" && named !== undefined) return [key, { ...entry, value: named }];
    const below = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [key, { ...entry, value: below === undefined ? value : renameIn(value, below, to) }];
  });
  return { ...node, entries: new Map(entries) };
}

/** Changes the options of a domain, which is a plain list or a `choice`. */
function mapOptions(domain: Located, change: (option: Located) => Located): Located {
  const values = findNode(domain, ["values"])?.value;
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
