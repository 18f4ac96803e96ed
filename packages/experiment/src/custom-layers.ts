import { existsSync, readFileSync } from "@nn/platform/files";
import { dirname, relative, resolve, sep } from "@nn/platform/path";

import { loadLayerFile, type LayerDefinition } from "@nn/layers";
import { CUSTOM_FILE } from "@nn/training";

import { find, type Located, type LocatedEntry, type LocatedMap } from "./yaml/located.ts";
import type { Problems } from "./errors/problem.ts";
import { schemaOf } from "./schema/schema.ts";
import { checkSchema } from "./schema/schema-problems.ts";
import { locateLoadFailure, withoutFolder } from "./errors/load-failure.ts";
import { nearbyFile } from "./errors/nearby-file.ts";
import { positionOf, type Span } from "./yaml/source.ts";
import { splitSentences } from "./errors/sentences.ts";

/** The layers that an experiment brings along, by the path that names them in it. */
export interface CustomLayers {
  readonly root: LocatedMap;
  readonly layers: ReadonlyMap<string, LayerDefinition>;
  /** Path → the bytes of the file, for the fingerprint. */
  readonly sources: ReadonlyMap<string, Uint8Array>;
}

const LAYER_FILE = /\.[cm]?[jt]s$/;

/**
 * Loads every layer that is named by a file, once. A path is relative to the file that names it; what comes
 * back has it relative to the experiment file, so that it holds for the resolved experiment too. Runs the
 * layers' files: that is why a person names them.
 */
export async function loadCustomLayers(
  root: LocatedMap,
  file: string,
  problems: Problems,
): Promise<CustomLayers> {
  const home = dirname(resolve(file));
  const places = new Map<string, Span>();
  const rooted = rename(root, (path, span) => {
    const target = relative(home, resolve(span.source.folder, path)).split(sep).join("/");
    const name = target.startsWith("../") ? target : `./${target}`;
    if (!places.has(name)) places.set(name, span);
    return name;
  });

  const layers = new Map<string, LayerDefinition>();
  const sources = new Map<string, Uint8Array>();
  for (const [name, place] of places) {
    const path = resolve(home, name);
    try {
      const definition = await loadLayerFile(path);
      checkSchema(schemaOf(definition)); // a schema that is none shows here
      sources.set(name, readFileSync(path));
      layers.set(name, definition);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const [fact] = splitSentences(withoutFolder(reason.replace(`${path}: `, ""), home));
      const found =
        error instanceof Error ? locateLoadFailure(error.cause, path, home, dirname(file)) : undefined;
      const here = existsSync(path)
        ? "Correct that file, or name a layer of the catalog."
        : nearbyFile(path, name, LAYER_FILE);
      problems.add({
        place: found ?? place,
        message: `the layer ${name} cannot be used: ${fact}`,
        expected: "a file that exports one layer, made by defineLayer({ … })",
        advice: found === undefined ? here : `Correct it, or name another layer ${whereIs(place)}.`,
      });
    }
  }
  return { root: rooted, layers, sources };
}

/** `at spec.yaml:10:15`, `in --set …` */
function whereIs(place: Span): string {
  const { line, column } = positionOf(place);
  const { kind, name } = place.source;
  return kind === "file" ? `at ${name}:${line}:${column}` : `in ${name}`;
}

type Rename = (path: string, place: Span) => string;

/** Layers stand in model.layers and, as a block or as a bare `type`, among the values of a sweep. */
function rename(root: LocatedMap, to: Rename): LocatedMap {
  const layers = find(root, ["model", "layers"])?.value;
  const parameters = find(root, ["sweep", "parameters"])?.value;
  let result: Located = root;
  if (layers?.kind === "list") {
    result = replaceAt(result, ["model", "layers"], renameTypes(layers, to));
  }
  if (parameters?.kind === "map") {
    const entries = new Map<string, LocatedEntry>();
    for (const [path, { key, value }] of parameters.entries) {
      entries.set(path, { key, value: path.startsWith("model.") ? renameValues(value, path, to) : value });
    }
    result = replaceAt(result, ["sweep", "parameters"], { ...parameters, entries });
  }
  return result.kind === "map" ? result : root;
}

function renameValues(domain: Located, path: string, to: Rename): Located {
  const values = find(domain, ["values"])?.value;
  if (values?.kind === "list") return replaceAt(domain, ["values"], renameValues(values, path, to));
  if (domain.kind !== "list") return domain;
  const namesTypes = path.endsWith(".type");
  return {
    ...domain,
    items: domain.items.map((item) => (namesTypes ? renameScalar(item, to) : renameTypes(item, to))),
  };
}

/** Every `type` in it: layers may hold layers. */
function renameTypes(node: Located, to: Rename): Located {
  if (node.kind === "list") return { ...node, items: node.items.map((item) => renameTypes(item, to)) };
  if (node.kind !== "map") return node;
  const entries = [...node.entries].map(([key, { value, ...entry }]): [string, LocatedEntry] => [
    key,
    { ...entry, value: key === "type" ? renameScalar(value, to) : renameTypes(value, to) },
  ]);
  return { ...node, entries: new Map(entries) };
}

function renameScalar(node: Located, to: Rename): Located {
  if (node.kind !== "scalar" || typeof node.value !== "string" || !new RegExp(CUSTOM_FILE).test(node.value))
    return node;
  return { ...node, value: to(node.value, node.span) };
}

function replaceAt(node: Located, [key, ...rest]: readonly string[], value: Located): Located {
  if (key === undefined) return value;
  const entry = node.kind === "map" ? node.entries.get(key) : undefined;
  if (node.kind !== "map" || entry === undefined) return node;
  const next = { key: entry.key, value: replaceAt(entry.value, rest, value) };
  return { ...node, entries: new Map(node.entries).set(key, next) };
}
