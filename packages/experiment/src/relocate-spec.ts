import { isAbsolute, relative, resolve, sep } from "@nn/platform/path";

import { datasets } from "@nn/mnist";
import { isCustomType, isRecord, type TrialSpec } from "@nn/training";

/**
 * Rewrites the relative paths of a spec for an experiment file in another folder. Paths of custom parts and
 * of data that are relative to the folder `from` become relative to `to`. Both folders are absolute.
 */
export function relocateSpec(spec: TrialSpec, from: string, to: string): TrialSpec {
  const move = (path: string): string => {
    if (isAbsolute(path)) return path;
    const moved = relative(to, resolve(from, path)).split(sep).join("/");
    return moved.startsWith("../") ? moved : `./${moved}`;
  };
  const { dataset, ...rest } = spec;
  // The same shape with other texts.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const moved = moveCustomTypes(rest, move) as typeof rest;
  const options = datasets.get(dataset.type)?.options.properties ?? {};
  const entries = Object.entries(dataset).map(([name, value]) => {
    const isPath = "path" in (options[name] ?? {}) && typeof value === "string" && value !== "";
    return [name, isPath ? move(value) : value] as const;
  });
  return { dataset: { ...dataset, ...Object.fromEntries(entries) }, ...moved };
}

function moveCustomTypes(block: unknown, move: (path: string) => string): unknown {
  if (Array.isArray(block)) return block.map((item) => moveCustomTypes(item, move));
  if (!isRecord(block)) return block;
  const entries = Object.entries(block).map(([name, value]) => [
    name,
    name === "type" && isCustomType(value) ? move(value) : moveCustomTypes(value, move),
  ]);
  return Object.fromEntries(entries);
}
