import { join } from "node:path";
import { expect, test } from "vitest";

import { recordedTerminal } from "../../test/support/recorded-terminal.ts";
import { validateCommand } from "./validate.ts";

const specs = join(import.meta.dirname, "../../test/specs");

test("shows the layers with their shapes, parameters and multiply-adds, and what there would be to run", async () => {
  const screen = recordedTerminal();
  const set = [
    "repeats=3",
    "sweep={ sampler: { type: grid }, parameters: { optimizer.learningRate: [0.1, 0.2] } }",
  ];

  expect(await validateCommand([join(specs, "base/small.yaml")], { set }, screen)).toBe(0);

  // By hand: 784·32 + 32 = 25,120 and 32·10 + 10 = 330 parameters; 784·32 and 32·10 multiply-adds.
  expect(screen.recorded.out.replace(specs, "")).toBe(`/base/small.yaml: OK, with ${set.join(" and ")}

       layer    output shape  parameters  multiply-adds
       images   (28, 28, 1)
  [0]  flatten  (784)                  0              0
  [1]  dense    (32)              25,120         25,088
  [2]  relu     (32)                   0              0
  [3]  dense    (10)                 330            320
       in all                     25,450         25,408

  6 trials: 2 × 3 repeats, over optimizer.learningRate
`);
  expect(screen.recorded.err).toBe("");
});

test("one wrong file makes the exit code 2, and counts its mistakes", async () => {
  const screen = recordedTerminal();
  const files = ["everything-at-once.yaml", "base/small.yaml"].map((name) => join(specs, name));

  expect(await validateCommand(files, { set: [] }, screen)).toBe(2);

  expect(screen.recorded.err).toContain("everything-at-once.yaml: 7 mistakes\n");
  expect(screen.recorded.out).toContain("small.yaml: OK");
});
