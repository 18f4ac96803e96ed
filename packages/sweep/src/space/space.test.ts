import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { getChoices, type DomainSpecs } from "./domain.ts";
import {
  resolveSweptValues,
  keyByName,
  keyByPath,
  getDomains,
  createExampleTrial,
  createFirstTrial,
  enumerateCombinations,
  getExistingParameters,
  listParameters,
  listSweptPaths,
} from "./space.ts";
import { proposeCombinations } from "../sweep.ts";
import { random } from "../samplers/random.ts";
import { domainSpecs } from "../testing/arbitraries.ts";

const optimizers: DomainSpecs = {
  optimizer: [
    {
      type: "sgd",
      learningRate: { type: "float", min: 0.01, max: 1, scale: "log" },
      momentum: { type: "choice", values: [0, 0.9] },
    },
    { type: "adam", learningRate: { type: "float", min: 0.0001, max: 0.01, scale: "log" }, beta1: 0.8 },
  ],
  "training.batchSize": [50, 100],
};

const networks: DomainSpecs = {
  "model.layers": {
    type: "choice",
    values: [
      [
        { type: "dense", units: { type: "int", min: 8, max: 64 } },
        {
          type: "choice",
          values: [{ type: "relu" }, { type: "elu", alpha: { type: "float", min: 0.5, max: 1 } }],
        },
      ],
      [{ type: "dense", units: { type: "int", min: 1, max: 4 } }],
    ],
  },
};

test("each domain in an option is its own parameter, which exists if the option is chosen", () => {
  expect(
    listParameters(optimizers).map(({ name, path, condition }) => [name, path, condition?.value]),
  ).toEqual([
    ["optimizer", "optimizer", undefined],
    ["optimizer[sgd].learningRate", "optimizer.learningRate", "sgd"],
    ["optimizer[sgd].momentum", "optimizer.momentum", "sgd"],
    ["optimizer[adam].learningRate", "optimizer.learningRate", "adam"],
    ["training.batchSize", "training.batchSize", undefined],
  ]);
  expect(listParameters(networks).map(({ name, domainPath }) => [name, domainPath.join(" ")])).toEqual([
    ["model.layers", "model.layers"],
    ["model.layers[dense, relu|elu][0].units", "model.layers values 0 0 units"],
    ["model.layers[dense, relu|elu][1]", "model.layers values 0 1"],
    ["model.layers[dense, relu|elu][1][elu].alpha", "model.layers values 0 1 values 1 alpha"],
    ["model.layers[dense][0].units", "model.layers values 1 0 units"],
  ]);
});

test("options with the same name share a path", () => {
  expect(listSweptPaths(optimizers)).toEqual([
    "optimizer",
    "optimizer.learningRate",
    "optimizer.momentum",
    "training.batchSize",
  ]);
  expect(listSweptPaths(networks)).toEqual([
    "model.layers",
    "model.layers[0].units",
    "model.layers[1]",
    "model.layers[1].alpha",
  ]);
});

test("a trial has the values of the chosen options, in the order of the paths", () => {
  const trials = proposeCombinations(
    { sampler: { type: "random", trials: 20 }, parameters: optimizers },
    createRng(1),
    1,
  );
  const shapes = new Set(
    trials.map(
      ({ parameters }) => `${JSON.stringify(parameters["optimizer"])}: ${Object.keys(parameters).join(" ")}`,
    ),
  );
  expect([...shapes].sort()).toEqual([
    '"adam": optimizer optimizer.learningRate training.batchSize',
    '"sgd": optimizer optimizer.learningRate optimizer.momentum training.batchSize',
  ]);
});

test("the chosen option is written with the values of its parameters", () => {
  const chosen = { optimizer: "adam", "optimizer.learningRate": 0.002, "training.batchSize": 50 };
  expect(resolveSweptValues(optimizers, chosen)).toEqual({
    optimizer: { type: "adam", learningRate: 0.002, beta1: 0.8 },
    "training.batchSize": 50,
  });
  const network = {
    "model.layers": "dense, relu|elu",
    "model.layers[0].units": 16,
    "model.layers[1]": "elu",
    "model.layers[1].alpha": 0.7,
  };
  expect(resolveSweptValues(networks, network)).toEqual({
    "model.layers": [
      { type: "dense", units: 16 },
      { type: "elu", alpha: 0.7 },
    ],
  });
});

test("without nested domains, parameters are the swept paths, and values are written as they are", () => {
  const plain: DomainSpecs = {
    optimizer: [{ type: "sgd" }, { type: "adam", learningRate: 0.1 }],
    "training.batchSize": { type: "int", min: 1, max: 9 },
  };
  expect(getDomains(listParameters(plain))).toEqual(plain);
  const chosen = { optimizer: { type: "adam", learningRate: 0.1 }, "training.batchSize": 3 };
  expect(resolveSweptValues(plain, chosen)).toEqual(chosen);
});

test("values keyed by path convert back to values keyed by name, for chosen options only", () => {
  fc.assert(
    fc.property(domainSpecs, fc.maxSafeNat(), (written, seed) => {
      const parameters = listParameters(written);
      const [drawn = {}] = random.propose(getDomains(parameters), { trials: 1 }, createRng(seed));
      const values = keyByPath(parameters, drawn);
      const named = keyByName(parameters, values);
      expect(keyByPath(parameters, named)).toEqual(values);
      expect(getExistingParameters(parameters, drawn).map(({ name }) => name)).toEqual(Object.keys(named));
      expect(JSON.stringify(resolveSweptValues(written, values))).not.toMatch(
        /"type":"(float|int|bool|choice)"/,
      );
    }),
  );
});

test("every parameter exists in the example made for it, with the requested value", () => {
  fc.assert(
    fc.property(domainSpecs, (written) => {
      const parameters = listParameters(written);
      for (const parameter of parameters) {
        const { domain, name } = parameter;
        const value = getChoices(domain)?.at(-1) ?? 0;
        if (typeof value !== "number" && typeof value !== "string") continue;
        const example = createExampleTrial(parameters, parameter, value);
        expect(example[name]).toBe(value);
        expect(getExistingParameters(parameters, example).map((each) => each.name)).toEqual(
          Object.keys(example),
        );
      }
    }),
  );
});

test("all combinations of the wanted paths are listed, with the first value of all others", () => {
  const space: DomainSpecs = {
    dataset: [
      {
        type: "csv",
        training: { type: "choice", values: ["a", "b"] },
        label: { type: "choice", values: ["first", "last"] },
      },
      { type: "idx", training: "c", validation: { type: "int", min: 5, max: 9, step: 2 } },
    ],
    "optimizer.learningRate": { type: "float", min: 0.1, max: 1 },
    "training.epochs": [3, 4],
  };
  const all = enumerateCombinations(space, (path) => /^dataset($|\.(?!validation))/.test(path));
  const others = { "optimizer.learningRate": 0.1, "training.epochs": 3 };
  expect(all.map((values) => resolveSweptValues(space, values))).toEqual([
    { dataset: { type: "csv", training: "a", label: "first" }, ...others },
    { dataset: { type: "csv", training: "a", label: "last" }, ...others },
    { dataset: { type: "csv", training: "b", label: "first" }, ...others },
    { dataset: { type: "csv", training: "b", label: "last" }, ...others },
    { dataset: { type: "idx", training: "c", validation: 5 }, ...others },
  ]);
  expect(enumerateCombinations(space, () => true)).toHaveLength(2 * (4 + 3));
});

test("the first example has the first value of each parameter, and no parameter of another variant", () => {
  const parameters = listParameters(networks);
  expect(keyByPath(parameters, createFirstTrial(parameters))).toEqual({
    "model.layers": "dense, relu|elu",
    "model.layers[0].units": 8,
    "model.layers[1]": "relu",
  });
});
