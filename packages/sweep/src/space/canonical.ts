/** JSON with sorted keys: equal for equal values. */
export function canonical(value: unknown): string {
  // Most are no maps; they need no look at each part, which takes ten times as long.
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
