import { Ajv } from "ajv";
import { expect, test } from "vitest";

import { collectDefinitions } from "./definitions.ts";
import { createExperimentSchema } from "./schema.ts";
import { extractSharedSchemas } from "./shared-schemas.ts";

const wide = {
  type: "number",
  minimum: 0,
  maximum: 1,
  description: "A share of something, from none of it to all of it.",
};

test("a part that occurs twice is written once, under the key of its first occurrence", () => {
  const schema = { properties: { rate: wide, block: { properties: { share: wide } } } };
  expect(extractSharedSchemas(schema)).toEqual({
    properties: {
      rate: { $ref: "#/definitions/rate" },
      block: { properties: { share: { $ref: "#/definitions/rate" } } },
    },
    definitions: { rate: wide },
  });
});

test("two parts under one key have two names; short parts and parts that occur once stay in place", () => {
  const other = { ...wide, minimum: 0.5 };
  const once = { ...wide, maximum: 2 };
  const block = (rate: object, beside: string) => ({ properties: { rate, [beside]: { type: "boolean" } } });
  const schema = {
    properties: {
      a: block(wide, "x"),
      b: block(other, "x"),
      c: block(wide, "y"),
      d: block(other, "y"),
      e: block(once, "x"),
    },
  };
  const { definitions, properties } = extractSharedSchemas(schema);
  expect(definitions).toEqual({ rate: wide, rate2: other });
  expect(properties!["d"]).toEqual({
    properties: { rate: { $ref: "#/definitions/rate2" }, y: { type: "boolean" } },
  });
  expect(properties!["e"]).toEqual(block(once, "x"));
});

test("the schema with shared parts accepts and rejects the same experiments", () => {
  const schema = collectDefinitions(createExperimentSchema());
  const [plain, shared] = [schema, extractSharedSchemas(schema)].map((each) =>
    new Ajv({ strict: false, allErrors: true }).compile(each),
  );
  const experiment = {
    name: "small",
    dataset: { type: "mnist", validation: 10 },
    model: { layers: [{ type: "flatten" }, { type: "dense", units: 10 }] },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 1 },
  };
  const wrong = [
    { optimizer: { type: "adam", learningRate: -1, beta1: 2, beta3: 1 } },
    { model: { layers: [{ type: "residual", layers: [{ type: "dense", units: 0 }, { type: "no" }] }] } },
    { schedule: { type: "cosine", warmup: { epochs: -1 } }, loss: { type: "focal", gamma: "x" } },
    { sweep: { sampler: { type: "tpe", trials: 0 }, parameters: { a: { type: "float", min: "x" } } } },
  ];
  expect(plain!(experiment)).toBe(true);
  expect(shared!(experiment)).toBe(true);
  for (const part of wrong) {
    const errorLists = [plain!, shared!].map((validate) => {
      expect(validate({ ...experiment, ...part })).toBe(false);
      return validate.errors!.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).sort();
    });
    expect(errorLists[1]).toEqual(errorLists[0]);
  }
});
