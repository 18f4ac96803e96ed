import type { Parameter } from "@nn/layers";
import { createReferenceBackend } from "@nn/tensor";
import { expect, test } from "vitest";

import { createLookahead } from "./lookahead.ts";

test("after every k steps, the slow weights move by α towards the weights, which are set to them", () => {
  const backend = createReferenceBackend("float64");
  const value = backend.allocate([2]);
  value.data[0] = 8;
  const parameter: Parameter = { name: "weight", value, gradient: backend.allocate([2]) };
  const lookahead = createLookahead({ steps: 2, alpha: 0.25 }, backend, [parameter]);
  const seen: number[] = [];
  for (let step = 0; step < 4; step++) {
    value.data[0] += 1;
    lookahead.afterStep();
    seen.push(value.data[0]);
  }
  // 8 → 9 → 10, back to 8 + ¼·2; → 9.5 → 10.5, back to 8.5 + ¼·2
  expect(seen).toEqual([9, 8.5, 9.5, 9]);
});
