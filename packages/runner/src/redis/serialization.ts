import { isRecord } from "@nn/training";

/**
 * Serializes a value to JSON. Numbers that JSON cannot represent (NaN, infinities, −0) become objects such as
 * `{ "number": "NaN" }`.
 */
export function serialize(value: unknown): string {
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

/** Parses the output of `serialize`. Numbers have the same bits as before. Throws SyntaxError. */
export function deserialize(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => {
    if (!isRecord(part) || Object.keys(part).length !== 1) return part;
    return OTHER_NUMBERS.get(part["number"]) ?? part;
  });
}
