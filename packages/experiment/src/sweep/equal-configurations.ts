import { canBeDistinct } from "@nn/sweep";
import { canonicalJson } from "@nn/training";

import type { Experiment } from "../experiment.ts";
import type { SweepBlock } from "./sweep.ts";
import type { Configuration } from "./trials.ts";

/**
 * Returns a notice if configurations of the first generation define the same trial. Either two listed values
 * are equal with their defaults, or a combination was drawn twice. Both trials would have the same result,
 * and this result would be used twice.
 */
export function noticeEqualConfigurations(
  { generations, repeats }: Pick<Experiment, "generations" | "repeats">,
  sweep: SweepBlock | undefined,
  configurations: readonly Pick<Configuration, "parameters" | "spec">[],
): string[] {
  const count = generations.reduce((sum, size) => sum + size, 0);
  if (sweep === undefined || !canBeDistinct(sweep, count)) return [];
  const first = new Map<string, number>();
  const again: { readonly index: number; readonly of: number; readonly paths: readonly string[] }[] = [];
  for (const [index, { parameters, spec }] of configurations.entries()) {
    const training = canonicalJson(spec);
    const of = first.get(training);
    if (of === undefined) {
      first.set(training, index);
      continue;
    }
    const earlier = configurations[of]!.parameters;
    const all = new Set([...Object.keys(parameters), ...Object.keys(earlier)]);
    const paths = [...all].filter(
      (path) => canonicalJson(parameters[path] ?? null) !== canonicalJson(earlier[path] ?? null),
    );
    again.push({ index, of, paths });
  }
  // Prefers two notations of the same value, because they are a mistake in the file. A repeated draw is
  // chance.
  const example = again.find(({ paths }) => paths.length > 0) ?? again[0];
  if (example === undefined) return [];
  const trial = (configuration: number): number => configuration * repeats + 1;
  const same =
    again.length === 1
      ? "1 configuration is equivalent to an earlier one"
      : `${again.length} configurations are equivalent to earlier ones`;
  const why =
    example.paths.length > 0
      ? `their values of ${example.paths.join(", ")} are equivalent; omit one of them`
      : "the sampler drew it again; the sampler grid tries each combination once";
  return [
    `${same} and would be counted twice: trial ${trial(example.index)} repeats trial ` +
      `${trial(example.of)}, because ${why}`,
  ];
}
