import { expect, test } from "vitest";

import { OptionsError } from "../errors.ts";
import { testOptimizer } from "../testing.ts";
import { sgd } from "./sgd.ts";

testOptimizer(sgd, [
  {},
  { learningRate: 0.1, momentum: 0.9 },
  { momentum: 0.9, nesterov: true },
  { momentum: 0.5, nesterov: true, weightDecay: 0.01 },
]);

test("nesterov without momentum throws an error that names the option", () => {
  const check = () => sgd.check?.({ learningRate: 0.1, momentum: 0, nesterov: true, weightDecay: 0 });
  expect(check).toThrow(OptionsError);
  expect(check).toThrow(
    "sgd: nesterov looks ahead along the velocity, so momentum must be above 0, got 0. " +
      'Set "momentum: 0.9", or leave nesterov out.',
  );
});
