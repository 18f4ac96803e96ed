import { isRecord } from "@nn/training";

/**
 * JSON of a value whose numbers may be any: those that JSON has no word for stand in a block, `{ "number":
 * "NaN" }`.
 */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return { number: Object.is(part, -0) ? "-0" : String(part) };
  });
}

const OTHER_NUMBERS: ReadonlyMap<unknown, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["-0", -0],
]);

/** What `toWire` was given, to the bit. Throws SyntaxError. */
export function fromWire(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (!isRecord(part) || Object.keys(part).length !== 1) return part;
    return OTHER_NUMBERS.get(part["number"]) ?? part;
  });
}
