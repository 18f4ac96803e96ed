import { expect, test } from "vitest";

import { layers } from "../src/catalog.ts";

test.each(["simple-rnn", "lstm", "gru"])("weights of %s start by all inputs of a unit", (type) => {
  const { parameters = {} } = layers.get(type)!.plan({ units: 3, bias: true, forgetBias: 1 }, [4, 5]);
  // A unit sums over 5 inputs and 3 states.
  const initialization = { fanIn: 8, fanOut: 3 };
  expect(parameters["weight"]?.initialization).toEqual(initialization);
  expect(parameters["recurrentWeight"]?.initialization).toEqual(initialization);
});
