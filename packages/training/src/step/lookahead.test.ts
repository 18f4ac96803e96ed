import type { Parameter } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createLookahead } from "./lookahead.ts";

test("after every k steps, the slow weights move by α towards the weights, which are set to them", () => {
  const backend = createReferenceBackend("float64");
  const value = backend.allocate([2]);
  const parameter: Parameter = { name: "weight", value, gradient: backend.allocate([2]) };
  const lookahead = createLookahead({ steps: 2, alpha: 0.25 }, backend, [parameter]);
  const seen: number[] = [];
  for (let step = 0; step < 4; step++) {
    value.data[0] = value.data[0]! + 1;
    lookahead.afterStep();
    seen.push(value.data[0]);
  }
  // 0 → 1 → 2, back to 0 + ¼·2; → 1.5 → 2.5, back to 0.5 + ¼·2
  expect(seen).toEqual([1, 0.5, 1.5, 1]);
});
