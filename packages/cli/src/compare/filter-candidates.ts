import { formatSuggestion, ExperimentError } from "@nn/experiment";
import { METRIC_COLUMNS, type MetricName } from "@nn/runner";
import { ConstraintError, parseConstraint, type DerivedVariables, type DomainSpecs } from "@nn/sweep";

import { computeMean } from "./comparison.ts";
import type { Candidate } from "./candidates.ts";

/**
 * Returns the candidates that satisfy all comparisons. They are written as `constraints` of a sweep, with the
 * settings of the experiments and the metrics of the trials as names: `optimizer.learningRate <= 0.1`,
 * `validation.accuracy > 0.97`. Throws ExperimentError.
 */
export function filterCandidates(
  candidates: readonly Candidate[],
  comparisons: readonly string[],
): readonly Candidate[] {
  if (comparisons.length === 0) return candidates;
  const paths = new Set(candidates.flatMap(({ settings }) => [...settings.keys()]));
  const values: DomainSpecs = Object.fromEntries(
    [...paths].map((path) => [path, candidates.map(({ settings }) => settings.get(path) ?? null)]),
  );
  const figures: DerivedVariables = Object.fromEntries(
    METRIC_COLUMNS.map((name) => [name, (written) => numberAt(written, name)]),
  );
  const constraints = comparisons.map((text) => {
    try {
      return parseConstraint(text, values, figures);
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error;
      const { unknownName } = error;
      if (unknownName !== undefined) throw createUnknownSettingError(unknownName, paths, "--where");
      const [message = "", advice = ""] = error.message.split("; ");
      throw new ExperimentError([{ place: "--where", message, advice }]);
    }
  });
  const kept = candidates.filter((candidate) => {
    const metrics = METRIC_COLUMNS.flatMap((name) => {
      const mean = computeMean(candidate, name);
      return mean === undefined ? [] : [[name, mean] as const];
    });
    const written = { ...Object.fromEntries(candidate.settings), ...Object.fromEntries(metrics) };
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

/** Returns the error for a name that is neither a metric nor a setting of the candidates. */
export function createUnknownSettingError(
  name: string,
  paths: Iterable<string>,
  option: string,
): ExperimentError {
  const similar = formatSuggestion(name, [...METRIC_COLUMNS, ...paths]);
  return new ExperimentError([
    {
      place: option,
      message: `there is no metric or setting "${name}"`,
      advice:
        similar ?? `Metrics: ${METRIC_COLUMNS.join(", ")}. Settings: paths such as optimizer.learningRate.`,
    },
  ]);
}

function numberAt(written: Readonly<Record<string, unknown>>, name: MetricName): number | undefined {
  const value = written[name];
  return typeof value === "number" ? value : undefined;
}
