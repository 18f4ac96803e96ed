/**
 * Describes a value that a custom part returned, as part of a sentence: `nothing`, `0.5`, `"a"`, `a list`,
 * `an empty list`, `a promise`, `an object`, `a function`. At most 60 characters of a text are shown.
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 59)}…` : value);
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (isPromise(value)) return "a promise";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Whether a value is a promise. If it is one, its rejection is handled: it ends the process otherwise,
 * although the caller reports the promise itself as an error.
 */
export function isPromise(value: unknown): boolean {
  if (typeof value !== "object" || value === null || !("then" in value) || typeof value.then !== "function")
    return false;
  Promise.resolve(value).catch(() => {});
  return true;
}
