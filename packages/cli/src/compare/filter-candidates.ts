import { ExperimentError } from "@nn/experiment";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";
import {
  ConstraintError,
  parseConstraint,
  type Constraint,
  type DerivedVariables,
  type DomainSpecs,
} from "@nn/sweep";

import { computeMean } from "./comparison.ts";
import type { Candidate } from "./candidates.ts";
import { findSetting } from "./setting-names.ts";

/**
 * Returns the candidates that satisfy all comparisons. A comparison has the syntax of the `constraints` of a
 * sweep. It can use the settings of the experiments and the metrics of the trials: `optimizer.learningRate <=
 * 0.1`, `validation.accuracy > 0.97`. Short names are those of `findSetting`. Throws ExperimentError.
 */
export function filterCandidates(
  candidates: readonly Candidate[],
  comparisons: readonly string[],
): readonly Candidate[] {
  if (comparisons.length === 0) return candidates;
  const paths = new Set(candidates.flatMap(({ settings }) => [...settings.keys()]));
  const values: DomainSpecs = Object.fromEntries(
    [...paths].map((path) => [path, valuesOf(path, candidates)]),
  );
  const derivedVariables: DerivedVariables = Object.fromEntries(
    METRIC_COLUMNS.map((name) => [name, (written) => getNumber(written, name)]),
  );
  /** Short name → the path or metric that it means. */
  const aliases = new Map<string, string>();
  const parse = (text: string): Constraint => {
    const named = [...aliases].map(([name, path]) => [name, valuesOf(path, candidates)] as const);
    try {
      return parseConstraint(text, { ...values, ...Object.fromEntries(named) }, derivedVariables);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      const { unknownName } = error;
      // Without a new alias, parsing would fail again.
      if (unknownName !== undefined && !aliases.has(unknownName)) {
        aliases.set(unknownName, findSetting(unknownName, candidates, "--where"));
        return parse(text);
      }
      const [message = "", advice = ""] = error.message.split("; ");
      throw new ExperimentError([{ place: "--where", message, advice }]);
    }
  };
  const constraints = comparisons.map(parse);
  const kept = candidates.filter((candidate) => {
    const metrics = METRIC_COLUMNS.flatMap((name) => {
      const mean = computeMean(candidate, name);
      return mean === undefined ? [] : [[name, mean] as const];
    });
    const written = { ...Object.fromEntries(candidate.settings), ...Object.fromEntries(metrics) };
    for (const [name, path] of aliases) if (path in written) written[name] = written[path]!;
    return constraints.every((constraint) => constraint.holds(written));
  });
  if (kept.length === 0) {
    throw new ExperimentError([
      {
        place: "--where",
        message: `none of the ${candidates.length} configurations satisfies it`,
        advice: "Leave it out to see all of them.",
      },
    ]);
  }
  return kept;
}

function valuesOf(path: string, candidates: readonly Candidate[]): (string | number | boolean | null)[] {
  return candidates.map(({ settings }) => settings.get(path) ?? null);
}

function getNumber(written: Readonly<Record<string, unknown>>, name: MetricName): number | undefined {
  const value = written[name];
  return typeof value === "number" ? value : undefined;
}
