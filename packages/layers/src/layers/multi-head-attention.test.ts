import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { drawShapes, testLayer } from "../testing.ts";
import { multiHeadAttention } from "./multi-head-attention.ts";

testLayer(multiHeadAttention, [
  { options: { heads: 1 }, inputShape: [1, 1] },
  { options: { heads: 3 }, inputShape: [5, 6] },
  { options: { heads: 2, causal: true }, inputShape: [4, 4] },
  { options: { heads: 1, bias: false }, inputShape: [3, 5] },
  ...drawShapes(createRng(33), 3, 2).map(([heads, T, d]) => ({
    options: { heads: Math.min(heads!, 3) },
    inputShape: [T!, Math.min(heads!, 3) * Math.min(d!, 3)],
  })),
]);

const options = { heads: 2, bias: true, causal: false };

test("images, and heads that do not divide the features, are rejected", () => {
  expect(() => multiHeadAttention.plan(options, [4, 5])).toThrow(
    "multi-head-attention: 5 features cannot be divided evenly among 2 heads.",
  );
  expect(() => multiHeadAttention.plan(options, [28, 28, 1])).toThrow(
    "multi-head-attention: input must be a sequence (T, D), got (28, 28, 1). If these are images, put a " +
      '"patch-embedding" layer before it.',
  );
});

test("parameters are named after the projections", () => {
  expect(Object.keys(multiHeadAttention.plan(options, [4, 6]).parameters ?? {})).toEqual([
    "qkv.weight",
    "qkv.bias",
    "output.weight",
    "output.bias",
  ]);
});
