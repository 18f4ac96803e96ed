import { join } from "node:path";
import { expect, test } from "vitest";

import { createRecordedTerminal } from "../../test/support/recorded-terminal.ts";
import { validateCommand } from "./validate.ts";

const specs = join(import.meta.dirname, "../../../experiment/test/specs");

test("shows the layers with shapes, parameters and multiply-adds, and the number of trials", async () => {
  const screen = createRecordedTerminal();
  const set = [
    "repeats=3",
    "sweep={ sampler: { type: grid }, parameters: { optimizer.learningRate: [0.1, 0.2] } }",
  ];

  expect(await validateCommand([join(specs, "base/small.yaml")], { set }, screen)).toBe(0);

  // Computed by hand: 784·32 + 32 = 25,120 and 32·10 + 10 = 330 parameters; 784·32 and 32·10 multiply-adds.
  expect(screen.recorded.out.replace(specs, "")).toBe(`/base/small.yaml: OK, with ${set.join(" and ")}

       layer    output shape  parameters  multiply-adds
       images   (28, 28, 1)
  [0]  flatten  (784)                  0              0
  [1]  dense    (32)              25,120         25,088
  [2]  relu     (32)                   0              0
  [3]  dense    (10)                 330            320
       total                      25,450         25,408

  6 trials: 2 × 3 repeats, over optimizer.learningRate
`);
  expect(screen.recorded.err).toBe("");
});

test("shows nested layers indented below their layer", async () => {
  const screen = createRecordedTerminal();
  const layers = `[
    { type: flatten },
    { type: dense, units: 8 },
    { type: repeat, times: 3, layers: [{ type: residual, layers: [{ type: dense, units: 8 }, { type: relu }] }] },
    { type: dense, units: 10 }]`;

  expect(
    await validateCommand(
      [join(specs, "base/small.yaml")],
      { set: [`model.layers=${layers.replaceAll(/\s+/g, " ")}`] },
      screen,
    ),
  ).toBe(0);

  // Computed by hand: 3 × (8·8 + 8) parameters in the repeated layers.
  const table = screen.recorded.out.split("\n").slice(2, 12).join("\n");
  expect(table).toBe(`\
                 layer           output shape  parameters  multiply-adds
                 images          (28, 28, 1)
  [0]            flatten         (784)                  0              0
  [1]            dense           (8)                6,280          6,272
  [2]            repeat          (8)                  216            192
    layers[0]      3 × residual  (8)                  216            192
      layers[0]      dense       (8)                  216            192
      layers[1]      relu        (8)                    0              0
  [3]            dense           (10)                  90             80
                 total                              6,586          6,544`);
});

test("one wrong file sets the exit code to 2, and its errors are counted", async () => {
  const screen = createRecordedTerminal();
  const files = ["everything-at-once.yaml", "base/small.yaml"].map((name) => join(specs, name));

  expect(await validateCommand(files, { set: [] }, screen)).toBe(2);

  expect(screen.recorded.err).toContain("everything-at-once.yaml: 7 errors\n");
  expect(screen.recorded.out).toContain("small.yaml: OK");
});

test("a likely mistake that is not an error is printed as a notice, and the exit code is 0", async () => {
  const screen = createRecordedTerminal();
  const set = [
    "training.epochs=3",
    "schedule={ type: step, stepSize: 5 }",
    "training.earlyStopping={ patience: 3 }",
    "sweep={ sampler: { type: tpe, trials: 6 }, goal: minimize, parameters: { optimizer.learningRate: [0.1, 0.2] } }",
  ];

  expect(await validateCommand([join(specs, "base/small.yaml")], { set }, screen)).toBe(0);

  expect(screen.recorded.err).toBe(
    "notice: the schedule step first drops the learning rate after epoch 5, but the training ends before that\n" +
      "notice: training.earlyStopping cannot stop a training run of 3 epochs, because its patience is 3; " +
      "it still restores the weights of the best epoch\n" +
      "notice: with goal: minimize, the sweep selects the smallest validation.accuracy, which is the worst\n" +
      "notice: the sweep tries 6 combinations, but there are only 2: repeated combinations give the same results; " +
      "the sampler grid tries each once\n" +
      "notice: the sampler tpe learns nothing in this sweep: it starts after 10 combinations (startup), " +
      "and knows 4 when it proposes the last of 6 (generation: 4)\n",
  );
});
