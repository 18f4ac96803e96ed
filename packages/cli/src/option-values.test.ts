import { expect, test } from "vitest";

import { explainUnknownOption } from "./option-values.ts";

test.each([
  ["error: unknown option '--epochs'\n", "--set training.epochs=…"],
  ["error: unknown option '--lr=0.1'\n", "--set optimizer.learningRate=…"],
  ["error: unknown option '--seed'\n(Did you mean one of --set, --simd?)\n", "--set seed=…"],
])("an option that is a key of the experiment file gets advice: %j", (text, advice) => {
  const [message] = text.split("\n", 1);
  expect(explainUnknownOption(text)).toBe(
    `${message}\n  It is a key of the experiment file: write ${advice}\n`,
  );
});

test("other messages stay, and so does a single suggestion", () => {
  const other = "error: unknown option '--worker'\n(Did you mean --workers?)\n";
  expect(explainUnknownOption(other)).toBe(other);
  const similar = "error: unknown option '--epochs'\n(Did you mean --epoch?)\n";
  expect(explainUnknownOption(similar)).toContain("(Did you mean --epoch?)\n  It is a key of");
});
