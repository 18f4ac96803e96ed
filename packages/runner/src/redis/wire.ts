import { isRecord } from "@nn/training";

/**
 * Serializes a value to JSON with any numbers: those that JSON cannot express become a block, `{ "number":
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

/** Parses the output of `toWire` to the same bits. Throws SyntaxError. */
export function fromWire(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (!isRecord(part) || Object.keys(part).length !== 1) return part;
    return OTHER_NUMBERS.get(part["number"]) ?? part;
  });
}
