import { expect, test } from "vitest";
import { createLabels } from "./label.ts";

const rate = { type: "float", min: 0.01, max: 1 };

test("values without nested domains are their own labels", () => {
  const values = [1, "he", null, { type: "adam", learningRate: 0.001 }];
  expect(createLabels(values)).toEqual(values);
});

test("blocks with nested domains are labelled by their types, other values stay as they are", () => {
  expect(createLabels([null, { type: "sgd", learningRate: rate }, { type: "adam" }])).toEqual([
    null,
    "sgd",
    "adam",
  ]);
});

test("lists are labelled by the types in them", () => {
  expect(createLabels([[{ type: "flatten" }, { type: "dense", units: 10 }], [{ type: "flatten" }]])).toEqual([
    "flatten, dense",
    "flatten",
  ]);
  expect(
    createLabels([
      [3, 3],
      [5, 5],
    ]),
  ).toEqual(["3, 3", "5, 5"]);
});

test("blocks of the same type are labelled by what distinguishes them", () => {
  const momentum = (value: number) => ({ type: "sgd", learningRate: rate, momentum: value });
  expect(createLabels([momentum(0), momentum(0.9)])).toEqual([
    '{"type":"sgd","momentum":0}',
    '{"type":"sgd","momentum":0.9}',
  ]);
  const narrow = { type: "sgd", learningRate: { type: "bool" } };
  expect(createLabels([{ type: "sgd", learningRate: rate }, narrow])).toEqual([
    '{"type":"sgd","learningRate":{"type":"float","min":0.01,"max":1}}',
    '{"type":"sgd","learningRate":{"type":"bool"}}',
  ]);
});

test("blocks without a type are labelled by their JSON, even a single one", () => {
  expect(createLabels([null, { steps: 5 }])).toEqual([null, '{"steps":5}']);
  expect(createLabels([{ steps: 5, alpha: rate }])).toEqual(['{"steps":5}']);
});

test("an empty list or block is labelled by its JSON, because an empty label would read as absent", () => {
  expect(createLabels([[], [{ type: "relu" }], null, {}])).toEqual(["[]", "relu", null, "{}"]);
  expect(createLabels([[]])).toEqual(["[]"]);
  expect(createLabels([[[]], [{ type: "flatten" }, []]])).toEqual(["[]", "flatten, []"]);
});
