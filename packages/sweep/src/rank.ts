/** Whether a larger or a smaller metric is better. */
export type Goal = "maximize" | "minimize";

/**
 * The metric turned so that smaller is better; undefined without one, and where it is not a finite number.
 */
export function objectiveOf(metric: number | undefined, goal: Goal): number | undefined {
  if (metric === undefined || !Number.isFinite(metric)) return undefined;
  return goal === "maximize" ? -metric : metric;
}

/**
 * The items from best to worst by their metric. What has none, and what is not a finite number (training
 * diverged), comes last; equals keep their order. A new list.
 */
export function rank<Item>(
  items: readonly Item[],
  metric: (item: Item) => number | undefined,
  goal: Goal,
): Item[] {
  return items
    .map((item) => {
      const value = metric(item);
      return { item, objective: objectiveOf(value, goal) ?? Infinity };
    })
    .sort((a, b) => (a.objective === b.objective ? 0 : a.objective - b.objective))
    .map(({ item }) => item);
}
