import { expect, test } from "vitest";
import { SearchSpaceEncoding } from "./search-space-encoding.ts";

const encoding = new SearchSpaceEncoding(
  {
    kind: ["a", "b"],
    "kind[a].deep": { type: "bool" },
    "kind[a].deep[true].rate": { type: "float", min: 0, max: 1 },
    n: { type: "int", min: 1, max: 4 },
  },
  {
    "kind[a].deep": { name: "kind", value: "a" },
    "kind[a].deep[true].rate": { name: "kind[a].deep", value: true },
  },
);
const rate = "kind[a].deep[true].rate";

test("a combination is recovered from its point, without parameters that do not exist", () => {
  const all = { kind: "a", "kind[a].deep": true, [rate]: 0.25, n: 3 };
  expect([...encoding.encode(all)]).toEqual([0, 1, 0.25, 0.625]);
  expect(encoding.decode(encoding.encode(all))).toEqual(all);
  expect(encoding.decode(Float64Array.of(0, 0, 0.25, 0.625))).toEqual({
    kind: "a",
    "kind[a].deep": false,
    n: 3,
  });
  expect(encoding.decode(Float64Array.of(1, 1, 0.25, 0.625))).toEqual({ kind: "b", n: 3 });
});

test("points that differ only in parameters that do not exist settle at one point", () => {
  const canonical = [0.1, 0.9].map((u) => encoding.canonicalize(Float64Array.of(1, 1, u, 0.625)));
  expect(canonical).toEqual([encoding.encode({ kind: "b", n: 3 }), encoding.encode({ kind: "b", n: 3 })]);
  const whole = Float64Array.of(0, 1, 0.9, 0.625);
  expect(encoding.canonicalize(whole)).toEqual(whole);
});
