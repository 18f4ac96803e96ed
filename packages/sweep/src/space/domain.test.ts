import fc from "fast-check";
import { Value } from "typebox/value";
import { expect, test } from "vitest";
import { domain } from "../testing/arbitraries.ts";
import { domainSchema } from "./domain.ts";

test("the schema accepts every list and range", () => {
  fc.assert(
    fc.property(domain, (value) => {
      expect(Value.Check(domainSchema, value)).toBe(true);
    }),
  );
  expect(Value.Check(domainSchema, [{ type: "adam", learningRate: 0.001 }, null, true, "he"])).toBe(true);
});

test.for([
  [],
  { type: "choice", values: [] },
  [{ type: 3 }],
  { type: "float", min: 0 },
  { type: "float", min: 0, max: 1, scale: "cubic" },
  { type: "float", min: 0, max: 1, step: 0 },
  { type: "float", min: 0, max: 1, count: 1 },
  { type: "int", min: 0, max: 2, step: 0.5 },
  { type: "bool", min: 0 },
  { type: "int", min: 0.5, max: 2 },
  { type: "double", min: 0, max: 1 },
  { min: 0, max: 1 },
  3,
])("the schema rejects %j", (value) => {
  expect(Value.Check(domainSchema, value)).toBe(false);
});
