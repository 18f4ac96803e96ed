import { dirname, isAbsolute, relative, resolve, sep } from "@nn/platform/path";

import { DatasetError, datasets, type DatasetFacts } from "@nn/mnist";
import type { Choice } from "@nn/training";

import { withoutFolder } from "../errors/load-failure.ts";
import { catalogEntry } from "./known-entry.ts";
import { find, type Located, type LocatedEntry, type LocatedMap } from "../yaml/located.ts";

/** What the images of a data set are. Throws DatasetError where its files do not say. */
export type DatasetFactsOf = (dataset: Choice) => DatasetFacts;

/**
 * Asks the files of custom data, each choice of options once. `folder`: that of the experiment file.
 */
export function createDatasetFacts(
  folder: string,
  onLook?: (done: number, total: number) => void,
): DatasetFactsOf {
  const asked = new Map<string, () => DatasetFacts>();
  return (dataset) => {
    const { validation: _validation, normalize: _normalize, ...choice } = dataset;
    const key = JSON.stringify(choice);
    const answer = asked.get(key) ?? answerOf(dataset, folder, onLook);
    asked.set(key, answer);
    return answer();
  };
}

function answerOf(
  dataset: Choice,
  folder: string,
  onLook: ((done: number, total: number) => void) | undefined,
): () => DatasetFacts {
  const { type: _type, ...options } = dataset;
  try {
    // A published data set is what it is wherever its files are: the data folder is not asked.
    const told = catalogEntry(datasets, dataset).describe(options, {
      dataFolder: folder,
      experimentFolder: folder,
      onLook,
    });
    const { summary } = told;
    const facts = {
      ...told,
      ...(summary !== undefined && { summary: withoutFolder(summary, folder) }),
      notices: told.notices?.map((notice) => withoutFolder(notice, folder)) ?? [],
    };
    return () => facts;
  } catch (error) {
    const told = error instanceof DatasetError ? withoutPath(error, folder) : error;
    return () => {
      throw told;
    };
  }
}

/** Paths as the experiment writes them. */
function withoutPath({ faults, option }: DatasetError, folder: string): DatasetError {
  const told = faults.map((fault) => withoutFolder(fault, folder));
  return new DatasetError(told, option === undefined ? {} : { option });
}

/**
 * The experiment with every path to custom data relative to the experiment file: written down, it is
 * relative to the file that has it, which may be one that is extended. Absolute ones stay.
 */
export function resolveDataPaths(root: LocatedMap, file: string): LocatedMap {
  const home = dirname(resolve(file));
  const dataset = root.entries.get("dataset");
  if (dataset?.value.kind !== "map") return root;
  const value = rebased(dataset.value, home);
  const entries = new Map(root.entries).set("dataset", { ...dataset, value });
  const sweep = entries.get("sweep");
  if (sweep?.value.kind === "map") {
    entries.set("sweep", { ...sweep, value: withSweptPaths(sweep.value, pathOptions(dataset.value), home) });
  }
  return { ...root, entries };
}

/** The values that are tried for `dataset` and for those of its options that are paths. */
function withSweptPaths(sweep: LocatedMap, options: ReadonlySet<string>, home: string): LocatedMap {
  const parameters = sweep.entries.get("parameters");
  if (parameters?.value.kind !== "map") return sweep;
  const entries = new Map<string, LocatedEntry>();
  for (const [path, { key, value }] of parameters.value.entries) {
    const [part, option = "", ...rest] = path.split(".");
    const isPath = part === "dataset" && rest.length === 0 && options.has(option);
    const change = isPath ? rebasedPath : path === "dataset" ? rebased : undefined;
    entries.set(path, { key, value: change ? withOptions(value, (option) => change(option, home)) : value });
  }
  const swept = { ...parameters, value: { ...parameters.value, entries } };
  return { ...sweep, entries: new Map(sweep.entries).set("parameters", swept) };
}

/** The domain with its options changed, however the list of them is written. */
function withOptions(domain: Located, change: (option: Located) => Located): Located {
  if (domain.kind === "list") return { ...domain, items: domain.items.map(change) };
  const values = domain.kind === "map" ? domain.entries.get("values") : undefined;
  if (domain.kind !== "map" || values?.value.kind !== "list") return domain;
  const entry = { ...values, value: withOptions(values.value, change) };
  return { ...domain, entries: new Map(domain.entries).set("values", entry) };
}

/** A dataset block with its paths relative to `home`. */
function rebased(block: Located, home: string): Located {
  if (block.kind !== "map") return block;
  const options = pathOptions(block);
  const entries = [...block.entries].map(([key, entry]): [string, LocatedEntry] => [
    key,
    options.has(key) ? { ...entry, value: rebasedPath(entry.value, home) } : entry,
  ]);
  return { ...block, entries: new Map(entries) };
}

/** A path, or several that are tried. */
function rebasedPath(node: Located, home: string): Located {
  if (node.kind === "map") return withOptions(node, (option) => rebasedPath(option, home));
  if (node.kind !== "scalar" || typeof node.value !== "string" || node.value === "") return node;
  if (isAbsolute(node.value)) return node;
  const target = relative(home, resolve(node.span.source.folder, node.value)).split(sep).join("/");
  return { ...node, value: target.startsWith("../") ? target : `./${target}` };
}

/** The options of a dataset block that are paths. */
function pathOptions(block: LocatedMap): ReadonlySet<string> {
  const type = find(block, ["type"])?.value;
  const definition = type?.kind === "scalar" ? datasets.get(String(type.value)) : undefined;
  const options = Object.entries(definition?.options.properties ?? {});
  return new Set(options.filter(([, option]) => "path" in option).map(([name]) => name));
}
