/** The numbers that JSON cannot represent: `JSON.stringify` writes NaN and infinities as null and −0 as 0. */
const UNWRITTEN: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/**
 * Returns JSON of a value that contains strings only as keys. Numbers that JSON cannot represent become
 * strings.
 */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return Object.is(part, -0) ? "-0" : String(part);
  });
}

/** Inverse of `stringifyExact`, exact to the bit. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => UNWRITTEN.get(part) ?? part);
}
