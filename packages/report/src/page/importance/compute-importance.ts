import { fanova, pedAnova, rankCorrelation } from "@nn/insight";

import type { ReportData, ReportTrial } from "../../data/report-data.ts";
import { getTrialMetric } from "../format.ts";

/** The importance of a swept parameter, and the direction of its effect. */
export interface ParameterImportance {
  readonly label: string;
  /** Share of the importance, 0 … 1; undefined if some trials do not have the parameter. */
  readonly share: number | undefined;
  /** Spearman's rank correlation with the metric, −1 … 1; undefined for values without an order. */
  readonly correlation: number | undefined;
}

/** The importance of all swept parameters. */
export interface Importance {
  readonly method: "fANOVA" | "PED-ANOVA";
  /** The most important first. */
  readonly parameters: readonly ParameterImportance[];
  /** Number of configurations that it is computed from. */
  readonly configurations: number;
  /**
   * Out-of-bag R² of fANOVA's forest, at most 1: how well it predicts configurations that it was not fitted
   * to.
   */
  readonly outOfBagR2: number | undefined;
}

type Objective = Parameters<typeof fanova>[0][number];
type Domains = Parameters<typeof fanova>[1];

/**
 * Returns the importance of the swept parameters for the metric, computed from the means of the
 * configurations over their seeds. The method is fANOVA, or PED-ANOVA if trials were pruned or the sampler is
 * adaptive. Returns undefined if too few results differ.
 */
export function computeImportance(data: ReportData, trials: readonly ReportTrial[]): Importance | undefined {
  if (!hasDifferentResults(data, trials)) return undefined;
  const sign = data.goal === "minimize" ? 1 : -1;
  const configurations = objectivesOf(data, trials, sign);
  const scored = configurations.filter(
    ({ objective, prunedAfter }) => objective !== undefined && prunedAfter === undefined,
  );
  const domains = domainsOf(data);
  const method = data.isAdaptive || trials.some(({ status }) => status === "pruned") ? "PED-ANOVA" : "fANOVA";
  const forest = method === "fANOVA" ? fanova(configurations, domains, { seed: 1 }) : undefined;
  const shares = forest?.main ?? pedAnova(configurations, domains);
  const parameters = data.parameters.map(({ path, label, scale }): ParameterImportance => {
    const pairs = scored.flatMap(({ parameters: own, objective }): [number, number][] => {
      const value = own[path];
      return typeof value === "number" && objective !== undefined ? [[value, sign * objective]] : [];
    });
    const correlation =
      scale === "category" || pairs.length < 3 || pairs.length < scored.length
        ? undefined
        : rankCorrelation(
            pairs.map(([value]) => value),
            pairs.map(([, metric]) => metric),
          );
    return { label, share: shares.get(path), correlation };
  });
  return {
    method,
    parameters: parameters.sort((a, b) => (b.share ?? -1) - (a.share ?? -1)),
    configurations: configurations.length,
    outOfBagR2: forest?.outOfBagR2,
  };
}

/** Whether at least two completed configurations have different results. */
export function hasDifferentResults(data: ReportData, trials: readonly ReportTrial[]): boolean {
  const completed = objectivesOf(data, trials, 1).filter(({ prunedAfter }) => prunedAfter === undefined);
  return new Set(completed.flatMap(({ objective }) => objective ?? [])).size >= 2;
}

function objectivesOf(data: ReportData, trials: readonly ReportTrial[], sign: number): Objective[] {
  const groups = [...Map.groupBy(trials, ({ configuration }) => configuration).values()];
  return groups.map((own) => objectiveOf(data, own, sign));
}

function objectiveOf(data: ReportData, trials: readonly ReportTrial[], sign: number): Objective {
  const [first] = trials;
  const parameters = Object.fromEntries(
    data.parameters.flatMap(({ path }, index) => {
      const value = first!.values[index] ?? null;
      return value === null ? [] : [[path, value]];
    }),
  );
  const values = (status: ReportTrial["status"]): number[] =>
    trials.flatMap((trial) => (trial.status === status ? (getTrialMetric(trial, data.metric) ?? []) : []));
  const mean = (list: readonly number[]): number | undefined =>
    list.length === 0 ? undefined : (sign * list.reduce((sum, value) => sum + value, 0)) / list.length;
  const pruned = trials.find(({ status }) => status === "pruned");
  const completed = mean(values("completed"));
  if (completed === undefined && pruned !== undefined)
    return { parameters, objective: mean(values("pruned")), prunedAfter: pruned.epochs };
  return { parameters, objective: completed };
}

/** Returns the domain of each parameter: the range of the experiment file, or the values of the trials. */
function domainsOf(data: ReportData): Domains {
  return Object.fromEntries(
    data.parameters.map(({ path, range, scale }, index) => {
      if (range !== null) return [path, { ...range, scale: scale === "log" ? "log" : "linear" } as const];
      const values = [...new Set(data.trials.map(({ values: own }) => own[index] ?? null))];
      return [path, values.filter((value) => value !== null).sort((a, b) => (a < b ? -1 : 1))];
    }),
  );
}
