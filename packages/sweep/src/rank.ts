/** Whether a larger or a smaller metric is better. */
export type Goal = "maximize" | "minimize";

/**
 * Converts a metric to an objective, which is minimized: a metric with the goal `maximize` is negated.
 * Returns undefined if the metric is undefined or not finite.
 */
export function toObjective(metric: number | undefined, goal: Goal): number | undefined {
  if (metric === undefined || !Number.isFinite(metric)) return undefined;
  return goal === "maximize" ? -metric : metric;
}

/**
 * Returns a new list of the items from best to worst by metric. Items without a metric, or with one that is
 * not finite (training diverged), come last. Equal items keep their order.
 */
export function rankByMetric<Item>(
  items: readonly Item[],
  metric: (item: Item) => number | undefined,
  goal: Goal,
): Item[] {
  return items
    .map((item) => {
      const value = metric(item);
      return { item, objective: toObjective(value, goal) ?? Infinity };
    })
    .sort((a, b) => (a.objective === b.objective ? 0 : a.objective - b.objective))
    .map(({ item }) => item);
}
