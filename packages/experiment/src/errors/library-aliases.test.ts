import { initializers, layers, losses, optimizers, schedules } from "@nn/layers";
import { augmentations } from "@nn/mnist";
import { pruners, samplers } from "@nn/sweep";
import { expect, test } from "vitest";

import { getCompiledSchema } from "../load-experiment.ts";
import { findKeyPath, getMisplacedKeyAdvice, getAliasAdvice, libraryAliases } from "./library-aliases.ts";

const catalogs = new Map<string, ReadonlyMap<string, unknown>>([
  ["layer", layers],
  ["loss", losses],
  ["optimizer", optimizers],
  ["schedule", schedules],
  ["initializer", initializers],
  ["augmentation", augmentations],
  ["sampler", samplers],
  ["pruner", pruners],
  ["range", new Map(["float", "int", "bool", "choice"].map((type) => [type, type]))],
]);

const known = Object.entries(libraryAliases).flatMap(([title, names]) =>
  Object.entries(names).map(([name, advice]) => ({ title, name, here: /"([^"]+)"/.exec(advice)?.[1] })),
);

test("no alias from another library is the name of an entry", () => {
  expect(known.filter(({ title, name }) => catalogs.get(title)?.has(name) !== false)).toEqual([]);
});

test("each name that the advice suggests is an entry", () => {
  const named = known.filter(({ here }) => here !== undefined);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter(({ title, here = "" }) => catalogs.get(title)?.has(here) !== true)).toEqual([]);
});

test("a name is found in any spelling, and unknown names are not", () => {
  expect(getAliasAdvice("layer", "Fully_Connected")).toBe('Here it is called "dense".');
  expect(getAliasAdvice("layer", "constructor")).toBeUndefined();
  expect(getAliasAdvice("data set", "mse")).toBeUndefined();
});

test.each([
  [{ optimizer: { type: "sgd", lr: 0.1 } }, 'did you mean "learningRate"?'],
  [{ optimizer: { type: "adam", eps: 0.1 } }, 'did you mean "epsilon"?'],
  [{ schedule: { type: "cosine", T_max: 3 } }, "Leave it out: the schedule ends with the last epoch."],
  [
    { schedule: { type: "cosine", eta_min: 3 } },
    "Write end, the factor of the learning rate at the end of the training.",
  ],
  [
    { optimizer: { type: "sgd", learningRate: 0.1, lr_scheduler: {} } },
    "It belongs at the top level of the experiment: schedule.",
  ],
  [{ device: "cuda" }, expect.stringMatching(/^Leave it out: networks train on the processor\./)],
  [{ callbacks: [] }, expect.stringMatching(/^Leave it out, and use training\.earlyStopping, /)],
  [{ training: { epochs: 1, monitor: "x" } }, "Write it in early stopping: training.earlyStopping.metric."],
  [{ training: { epochs: 1, earlyStopping: { metric: "val_loss", patience: 1 } } }, 'did you mean "loss"?'],
  [
    { model: { layers: [{ "<<": { type: "relu" } }] } },
    expect.stringMatching(/^Merge keys are not part of YAML/),
  ],
  [{ epochs: 3 }, "It belongs in training: training.epochs."],
  [{ lr: 3 }, "It belongs in optimizer: optimizer.learningRate."],
  [
    { optimizer: { type: "sgd", learningRate: 1, clipNorm: 3 } },
    "It belongs in training: training.clipNorm.",
  ],
  [{ loss: { type: "categorical_crossentropy" } }, 'Here it is called "cross-entropy".'],
  [{ schedule: { type: "cosine_annealing" } }, 'Here it is called "cosine".'],
  [
    { model: { layers: [{ type: "dense", units: 3, activation: "relu" }] } },
    "Write it as a separate layer after this one: - { type: relu }.",
  ],
  [
    { sweep: { sampler: { type: "grid" }, metric: "val_accuracy", parameters: { "training.epochs": [1] } } },
    'did you mean "validation.accuracy"?',
  ],
])("names from other libraries get advice: %j", (part, advice) => {
  const right = {
    name: "a",
    dataset: { type: "mnist" },
    model: { layers: [{ type: "relu" }] },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 1 },
  };
  expect(getCompiledSchema().check({ ...right, ...part })).toEqual([expect.objectContaining({ advice })]);
});

test("the advice names the block that has the key", () => {
  const { properties = {} } = getCompiledSchema().schema;
  for (const key of ["epochs", "clipNorm", "earlyStopping"])
    expect(properties["training"]?.properties).toHaveProperty(key);
  expect(getMisplacedKeyAdvice("constructor")).toBeUndefined();
  expect(getMisplacedKeyAdvice("momentum", ["optimizer"])).toBeUndefined();
});

test.each([
  ["TPESampler", "sampler", '"tpe"'],
  ["MedianPruner", "pruner", '"median"'],
])("names of Optuna's classes get advice: %s", (name, title, advice) => {
  expect(getAliasAdvice(title, name)).toContain(advice);
});

test("names of keys lead to the path in the experiment file", () => {
  expect(["lr", "batch-size", "epochs", "seed", "random_state", "nothing"].map(findKeyPath)).toEqual([
    "optimizer.learningRate",
    "training.batchSize",
    "training.epochs",
    "seed",
    "seed",
    undefined,
  ]);
});

test("a range with the options of Optuna gets advice", () => {
  const range = { type: "float", low: 0.1, high: 1, log: true };
  const sweep = { sampler: { type: "random", trials: 2 }, parameters: { "optimizer.learningRate": range } };
  const errors = getCompiledSchema().check({
    name: "a",
    dataset: { type: "mnist" },
    model: { layers: [{ type: "relu" }] },
    optimizer: { type: "sgd", learningRate: 0.1 },
    training: { epochs: 1 },
    sweep: { ...sweep, direction: "maximize" },
  });
  const advice = ['did you mean "min"?', 'did you mean "max"?', "Write scale: log.", 'did you mean "goal"?'];
  expect(errors.map((error) => error.advice)).toEqual(expect.arrayContaining(advice));
});
