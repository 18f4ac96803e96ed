import { expect, test } from "vitest";

import { noticeIdleAssignments } from "./idle-assignments.ts";

const rate = "optimizer.learningRate";

test.each([
  [
    ["training.epochs=1", "training.epochs=2"],
    [],
    ["--set training.epochs=1 has no effect, because the later"],
  ],
  [
    ["optimizer.learningRate=1", "optimizer={ type: sgd }"],
    [],
    ["the later --set optimizer={ type: sgd } replaces it"],
  ],
  [["optimizer.learningRate=1"], [rate], [`the sweep sets ${rate} in every trial`]],
  [["optimizer.learningRate=1"], ["optimizer"], ["the sweep sets optimizer in every trial"]],
  [["model.layers[1].units=8"], ["model.layers[1].units"], ["has no effect"]],
  [["optimizer={ type: sgd }", "optimizer.learningRate=1"], [], []],
  [["optimizer.learningRate=1"], ["optimizer.momentum", "optimizer.learningRateDecay"], []],
  [["model.layers[1].units=8"], ["model.layers[10].units"], []],
  [['sweep.parameters["optimizer.learningRate"]=[1]'], [rate], []],
])("%j with %j swept", (assignments, swept, expected) => {
  const notices = noticeIdleAssignments(assignments, swept);
  expect(notices).toEqual(expected.map((text) => expect.stringContaining(text)));
});
