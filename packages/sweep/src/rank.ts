export type Goal = "maximize" | "minimize";

/**
 * The items from best to worst by their metric. What has none, and what is not a finite number (training diverged),
 * comes last; equals keep their order. A new list.
 */
export function rank<Item>(
  items: readonly Item[],
  metric: (item: Item) => number | undefined,
  goal: Goal,
): Item[] {
  const sign = goal === "maximize" ? -1 : 1;
  return items
    .map((item) => {
      const value = metric(item);
      return { item, cost: value !== undefined && Number.isFinite(value) ? sign * value : Infinity };
    })
    .sort((a, b) => (a.cost === b.cost ? 0 : a.cost - b.cost))
    .map(({ item }) => item);
}
