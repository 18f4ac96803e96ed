import { dirname, isAbsolute, relative, resolve, sep } from "@nn/platform/path";

import { DatasetError, datasets, type DatasetInfo, type FileContext } from "@nn/mnist";
import type { PartSpec } from "@nn/training";

import { makePathsRelative } from "../errors/load-failure.ts";
import { getCatalogEntry } from "./get-catalog-entry.ts";
import { findNode, type Located, type LocatedEntry, type LocatedMap } from "../yaml/located.ts";

/** Returns the information about a data set. Throws DatasetError if its files are not valid. */
export type DatasetInfoProvider = (dataset: PartSpec) => DatasetInfo;

/**
 * Creates a function that describes data sets. It reads the files of custom data once per set of options.
 * `folder` is the folder of the experiment file. `onlyEvaluates`: see `FileContext`.
 */
export function createDatasetInfoProvider(
  folder: string,
  onFileChecked?: (done: number, total: number) => void,
  onlyEvaluates?: boolean,
): DatasetInfoProvider {
  const asked = new Map<string, () => DatasetInfo>();
  return (dataset) => {
    const { validation: _validation, normalize: _normalize, ...choice } = dataset;
    const key = JSON.stringify(choice);
    const answer = asked.get(key) ?? getAnswer(dataset, folder, { onFileChecked, onlyEvaluates });
    asked.set(key, answer);
    return answer();
  };
}

function getAnswer(
  dataset: PartSpec,
  folder: string,
  options: Pick<FileContext, "onFileChecked" | "onlyEvaluates">,
): () => DatasetInfo {
  const { type: _type, ...chosen } = dataset;
  try {
    // The facts of a published data set do not depend on its files, so the data folder is not needed here.
    const description = getCatalogEntry(datasets, dataset).describe(chosen, {
      dataFolder: folder,
      experimentFolder: folder,
      ...options,
    });
    const { summary } = description;
    const info = {
      ...description,
      ...(summary !== undefined && { summary: makePathsRelative(summary, folder) }),
      notices: description.notices?.map((notice) => makePathsRelative(notice, folder)) ?? [],
    };
    return () => info;
  } catch (error) {
    const shortened = error instanceof DatasetError ? removePath(error, folder) : error;
    return () => {
      throw shortened;
    };
  }
}

/** Makes paths in the messages relative to the experiment file. */
function removePath({ messages, option }: DatasetError, folder: string): DatasetError {
  const description = messages.map((message) => makePathsRelative(message, folder));
  return new DatasetError(description, option === undefined ? {} : { option });
}

/**
 * Returns the experiment with every path to custom data relative to the experiment file. In YAML, a path is
 * relative to the file that contains it, which may be a base file. Absolute paths do not change.
 */
export function resolveDataPaths(root: LocatedMap, file: string): LocatedMap {
  const home = dirname(resolve(file));
  const dataset = root.entries.get("dataset");
  if (dataset?.value.kind !== "map") return root;
  const value = rebase(dataset.value, home);
  const entries = new Map(root.entries).set("dataset", { ...dataset, value });
  const sweep = entries.get("sweep");
  if (sweep?.value.kind === "map") {
    entries.set("sweep", {
      ...sweep,
      value: resolveSweptPaths(sweep.value, findPathOptions(dataset.value), home),
    });
  }
  return { ...root, entries };
}

/** Rebases the paths among the swept values of `dataset` and of its options. */
function resolveSweptPaths(sweep: LocatedMap, options: ReadonlySet<string>, home: string): LocatedMap {
  const parameters = sweep.entries.get("parameters");
  if (parameters?.value.kind !== "map") return sweep;
  const entries = new Map<string, LocatedEntry>();
  for (const [path, { key, value }] of parameters.value.entries) {
    const [part, option = "", ...rest] = path.split(".");
    const isPath = part === "dataset" && rest.length === 0 && options.has(option);
    const change = isPath ? rebasePath : path === "dataset" ? rebase : undefined;
    entries.set(path, {
      key,
      value: change ? mapDomainOptions(value, (option) => change(option, home)) : value,
    });
  }
  const swept = { ...parameters, value: { ...parameters.value, entries } };
  return { ...sweep, entries: new Map(sweep.entries).set("parameters", swept) };
}

/** Changes the options of a domain, which is a plain list or a `choice`. */
function mapDomainOptions(domain: Located, change: (option: Located) => Located): Located {
  if (domain.kind === "list") return { ...domain, items: domain.items.map(change) };
  const values = domain.kind === "map" ? domain.entries.get("values") : undefined;
  if (domain.kind !== "map" || values?.value.kind !== "list") return domain;
  const entry = { ...values, value: mapDomainOptions(values.value, change) };
  return { ...domain, entries: new Map(domain.entries).set("values", entry) };
}

/** Returns a dataset block with its paths relative to `home`. */
function rebase(block: Located, home: string): Located {
  if (block.kind !== "map") return block;
  const options = findPathOptions(block);
  const entries = [...block.entries].map(([key, entry]): [string, LocatedEntry] => [
    key,
    options.has(key) ? { ...entry, value: rebasePath(entry.value, home) } : entry,
  ]);
  return { ...block, entries: new Map(entries) };
}

/** Returns a path relative to `home`. For a domain, converts each of its paths. */
function rebasePath(node: Located, home: string): Located {
  if (node.kind === "map") return mapDomainOptions(node, (option) => rebasePath(option, home));
  if (node.kind !== "scalar" || typeof node.value !== "string" || node.value === "") return node;
  if (isAbsolute(node.value)) return node;
  const target = relative(home, resolve(node.span.source.folder, node.value)).split(sep).join("/");
  return { ...node, value: target.startsWith("../") ? target : `./${target}` };
}

/** Returns the names of the options of a dataset block that contain paths. */
function findPathOptions(block: LocatedMap): ReadonlySet<string> {
  const type = findNode(block, ["type"])?.value;
  const definition = type?.kind === "scalar" ? datasets.get(String(type.value)) : undefined;
  const options = Object.entries(definition?.options.properties ?? {});
  return new Set(options.filter(([, option]) => "path" in option).map(([name]) => name));
}
