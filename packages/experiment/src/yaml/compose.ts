import { formatPath, type Path } from "@nn/training";
import { realpathSync } from "@nn/platform/files";
import { dirname, isAbsolute, join, resolve } from "@nn/platform/path";

import { mergeNodes, type Located, type LocatedMap } from "./located.ts";
import { parseYaml } from "./parse-yaml.ts";
import type { Problems } from "../errors/problem.ts";
import { readSource } from "./read-source.ts";
import type { Span } from "./source.ts";

const LONGEST_CHAIN = 16;

/**
 * Reads an experiment file and the files that it extends, and merges each file over its base. If a file
 * cannot be read or is not a YAML map, adds to `problems` and returns undefined.
 */
export function composeExperiment(file: string, problems: Problems): LocatedMap | undefined {
  return composeFile(file, file, undefined, [], problems);
}

interface Link {
  readonly name: string;
  readonly real: string;
}

function composeFile(
  file: string,
  name: string,
  mentioned: Span | undefined,
  chain: readonly Link[],
  problems: Problems,
): LocatedMap | undefined {
  const read = readSource(file, name, mentioned);
  if ("problem" in read) {
    problems.add(read.problem);
    return undefined;
  }
  const real = realpathSync(file);
  const links = [...chain, { name, real }];
  if (mentioned !== undefined && !checkChain(chain, links, mentioned, problems)) return undefined;

  const root = parseYaml(read.source, problems);
  if (root === undefined) return undefined;
  if (root.kind !== "map") {
    problems.add({
      place: root.span,
      message: `this file contains ${root.kind === "list" ? "a list" : "a single value"}`,
      expected: 'keys such as "name:", "dataset:" and "model:"',
      advice: "Copy experiments/quickstart.yaml and change it.",
    });
    return undefined;
  }
  const extension = root.entries.get("extends");
  if (extension === undefined) return root;

  const own: LocatedMap = {
    ...root,
    entries: new Map([...root.entries].filter(([key]) => key !== "extends")),
  };
  const path = getExtendsPath(extension.value);
  if (path === undefined) {
    problems.add({
      place: extension.value.span,
      message: '"extends" must name one file',
      expected: "a path relative to this file, such as ./base.yaml",
    });
    return undefined;
  }
  const base = composeFile(
    resolve(dirname(file), path),
    isAbsolute(path) ? path : join(dirname(name), path),
    extension.value.span,
    links,
    problems,
  );
  if (base === undefined) return undefined;
  // The description is not inherited, because this file has a different purpose than its base.
  const inherited = new Map([...base.entries].filter(([key]) => key !== "description"));
  const removed = findRemovedBlocks({ ...base, entries: inherited }, own);
  for (const { place, block } of removed) {
    problems.add({
      place,
      message: `null does not remove ${block}, which this file inherits from ${path}`,
      expected: "a block, whose keys are merged with the inherited ones",
      advice: `Extend a file without ${block}, or write out this experiment without extends.`,
    });
  }
  if (removed.length > 0) return undefined;
  const merged = mergeNodes({ ...base, entries: inherited }, own);
  return merged.kind === "map" ? merged : undefined;
}

/** Returns the blocks of the base in whose place a file has an explicit null. */
function findRemovedBlocks(
  base: LocatedMap,
  over: LocatedMap,
  path: Path = [],
): { readonly place: Span; readonly block: string }[] {
  return [...over.entries].flatMap(([name, { key, value }]) => {
    const inherited = base.entries.get(name)?.value;
    if (inherited?.kind !== "map") return [];
    const block = [...path, name];
    if (value.kind === "map") return findRemovedBlocks(inherited, value, block);
    // An empty value has the position of its key. It is probably a mistake in the indentation.
    const isNull = value.kind === "scalar" && value.value === null && value.span !== key;
    return isNull ? [{ place: value.span, block: formatPath(block) }] : [];
  });
}

function checkChain(
  chain: readonly Link[],
  links: readonly Link[],
  mentioned: Span,
  problems: Problems,
): boolean {
  const last = links.at(-1);
  const isCycle = chain.some(({ real }) => real === last?.real);
  if (!isCycle && chain.length <= LONGEST_CHAIN) return true;
  problems.add({
    place: mentioned,
    message: isCycle
      ? `"extends" forms a cycle: ${links.map(({ name }) => name).join(" → ")}`
      : `"extends" chains more than ${LONGEST_CHAIN} files`,
    expected: "a chain of files without a cycle",
    advice: "Remove one of these links.",
  });
  return false;
}

function getExtendsPath(value: Located): string | undefined {
  return value.kind === "scalar" && typeof value.value === "string" && value.value !== ""
    ? value.value
    : undefined;
}
