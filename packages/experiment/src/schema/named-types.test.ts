import fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

import { collectDefinitions } from "./definitions.ts";
import { collectTypes, restrictToTypes } from "./named-types.ts";
import { createSchemaCheck, type SchemaError } from "./schema-problems.ts";
import { createExperimentSchema } from "./schema.ts";

const schema = createExperimentSchema();
const written = globSync("*.yaml", {
  cwd: new URL("../../../../experiments/", import.meta.url),
  exclude: ["custom-layer.yaml"],
}).map((name): unknown =>
  parse(readFileSync(new URL(`../../../../experiments/${name}`, import.meta.url), "utf8")),
);
const enumsOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(enumsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "const" && typeof each === "string" ? [each] : enumsOf(each),
  );
};
const names = [...new Set(enumsOf(collectDefinitions(schema)))];

/** A check of the whole schema, because its first data contain all types. */
const ofAll = createSchemaCheck(schema);
ofAll(names.map((type) => ({ type })));

/** Returns the data with one of its values replaced. */
function withAnother(data: unknown, place: number, replaced: unknown): unknown {
  let count = 0;
  const places: string[] = [];
  const all = JSON.stringify(data, (key, value: unknown) => (places.push(key), value));
  const chosen = Math.floor(place * places.length);
  return JSON.parse(all, (_key, value: unknown) => (count++ === chosen ? replaced : value)) as unknown;
}

test("the errors are the same whether only the types in the data are compiled or all", () => {
  expect(names.length).toBeGreaterThan(80);
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, -1, 0.5, "", [], {}, "nothing", { type: "nothing" }, { type: 3 }),
    fc.constantFrom(...names).map((type) => ({ type })),
    fc.constantFrom(...names).map((type) => [{ type, units: 0 }]),
  );
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  let errorCount = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...written),
      fc.array(fc.tuple(place, value), { maxLength: 3 }),
      (data, changes) => {
        const changed = changes.reduce((before, [share, other]) => withAnother(before, share, other), data);
        const errors: SchemaError[] = createSchemaCheck(schema)(changed);
        expect(errors).toEqual(ofAll(changed));
        errorCount += errors.length;
      },
    ),
  );
  expect(errorCount).toBeGreaterThan(50);
});

test("one check accepts data with different types in each call", () => {
  const check = createSchemaCheck(schema);
  for (const type of names.filter((_, index) => index % 10 === 0)) {
    const data = { optimizer: { type, learningRate: -1 }, loss: { type } };
    expect(check(data)).toEqual(ofAll(data));
  }
});

test("a union keeps the entries that are named, or its first if none is", () => {
  const branch = (type: string): object => ({ if: { properties: { type: { const: type } } } });
  const union = { properties: { loss: { allOf: ["a", "b", "c"].map(branch) } } };
  expect(restrictToTypes(union, collectTypes({ loss: { type: "b" }, others: [{ type: "c" }] }))).toEqual({
    properties: { loss: { allOf: ["b", "c"].map(branch) } },
  });
  expect(restrictToTypes(union, collectTypes({ type: { type: "z" } }))).toEqual({
    properties: { loss: { allOf: [branch("a")] } },
  });
});
