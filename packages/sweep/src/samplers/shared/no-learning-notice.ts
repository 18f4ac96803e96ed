/** Generation size and startup of a sampler, both in combinations. */
interface Pace {
  readonly generation: number;
  readonly startup: number;
}

/**
 * Returns a notice if the sampler never learns in a sweep of `count` combinations. This happens if no
 * generation starts after `startup` combinations.
 */
export function getNoLearningNotices(type: string, { generation, startup }: Pace, count: number): string[] {
  const known = Math.floor((count - 1) / generation) * generation;
  if (known >= startup) return [];
  return [
    `the sampler ${type} learns nothing in this sweep: it starts after ${startup} combinations (startup), ` +
      `and knows ${known} when it proposes the last of ${count} (generation: ${generation})`,
  ];
}
