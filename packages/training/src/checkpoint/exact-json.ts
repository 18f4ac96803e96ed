/** The numbers that JSON has no word for: NaN and the infinities become null there, −0 becomes 0. */
const UNWRITTEN: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** JSON of a value that has no texts in it but its keys; the numbers that JSON cannot write are texts. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return Object.is(part, -0) ? "-0" : String(part);
  });
}

/** What `stringifyExact` was given, to the bit. Throws SyntaxError. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => UNWRITTEN.get(part) ?? part);
}
