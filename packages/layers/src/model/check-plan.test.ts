import { createReferenceBackend, createRng } from "@nn/tensor";
import { Type } from "typebox";
import { expect, test } from "vitest";

import type { LayerDefinition } from "../definition.ts";
import { zeros } from "../initializers/zeros.ts";
import { LayerError } from "./layer-error.ts";
import { planModel, type ResolvedLayer } from "./model.ts";

/** A layer whose plan has these fields, as a file that is not type-checked may give it. */
function createLayer(plan: unknown): ResolvedLayer {
  const definition: object = { type: "part", description: "", options: Type.Object({}), plan: () => plan };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a custom file is not type-checked
  return { definition: definition as LayerDefinition, options: {} };
}

const build = (): object => ({ forward: (x: unknown) => x, backward: (dy: unknown) => dy });
const specs = { shape: [2], initialization: "zeros" };

test.each<[fields: object, message: string]>([
  [{ outputShape: 4 }, "its plan must give an outputShape of whole numbers from 1, got 4."],
  [{ outputShape: [0.5] }, "its plan must give an outputShape of whole numbers from 1, got (0.5)."],
  [{ outputShape: ["4"] }, "its plan must give an outputShape of whole numbers from 1, got a list."],
  [{ build: 1 }, "its plan must give a build function, got 1."],
  [{ multiplyAdds: "many" }, 'multiplyAdds of its plan must be a number from 0, got "many".'],
  [{ minBatch: -1 }, "minBatch of its plan must be a number from 0, got -1."],
  [{ buffers: [specs] }, "buffers of its plan must be an object, got a list."],
  [
    { buffers: { x: 3 } },
    'the buffer "x" of its plan must be an object with shape and initialization, got 3.',
  ],
  [
    { buffers: { x: { ...specs, shape: 3 } } },
    'the buffer "x" of its plan must have a shape, a list of whole numbers from 1, got 3.',
  ],
  [
    { buffers: { x: { ...specs, initialization: { constant: 1 } } } },
    'the buffer "x" of its plan must have the initialization "zeros" or "ones", got an object.',
  ],
  [
    { parameters: { w: { ...specs, shape: [2, 0] } } },
    'the parameter "w" of its plan must have a shape, a list of whole numbers from 1, got (2, 0).',
  ],
  [
    { parameters: { w: { ...specs, initialization: "random" } } },
    'the parameter "w" of its plan must have the initialization "zeros", "ones", { constant } or ' +
      '{ fanIn, fanOut }, got "random".',
  ],
])("a plan with %o is refused", (fields, message) => {
  const layer = createLayer({ outputShape: [4], build, ...fields });
  expect(() => planModel([layer], [4])).toThrow(new LayerError(0, `part: ${message}`));
});

test("a plan that is no object is refused", () => {
  const message = "part: its plan must be an object, got nothing.";
  expect(() => planModel([createLayer(undefined)], [4])).toThrow(new LayerError(0, message));
});

test.each([["zeros"], ["ones"], [{ constant: -1 }], [{ fanIn: 2, fanOut: 3 }]])(
  "the initialization %o of a parameter is accepted",
  (initialization) => {
    const parameters = { w: { shape: [2, 3], initialization } };
    expect(planModel([createLayer({ outputShape: [4], build, parameters })], [4]).parameters).toBe(6);
  },
);

const fail = (value: unknown) => (): never => {
  throw value;
};

/** Builds and runs a model of two such layers around each other, and returns its error. */
function run(layer: object): unknown {
  const own = createLayer({ outputShape: [4], build: () => layer });
  const first = createLayer({
    outputShape: [4],
    parameters: { w: { shape: [4], initialization: "ones" } },
    build,
  });
  const backend = createReferenceBackend("float64");
  try {
    const model = planModel([first, own], [4]).build({
      backend,
      batchSize: 1,
      rng: createRng(1),
      initializer: { definition: zeros, options: {} },
    });
    for (let step = 0; step < 2; step++) {
      model.forward(backend.allocate([1, 4]), { training: true, step: 0 });
      model.backward(backend.allocate([1, 4]), { training: true, step: 0 });
    }
  } catch (error) {
    return error;
  }
  return undefined;
}

test.each<[value: unknown, name: string]>([
  ["a string", '"a string"'],
  [null, "null"],
  [undefined, "nothing"],
])("a layer that throws %o instead of an error is named, in any step", (value, found) => {
  const message = (name: string): string =>
    `part: its function "${name}" must throw an Error, but threw ${found}.`;
  const { forward, backward } = { forward: (x: unknown) => x, backward: (dy: unknown) => dy };
  let steps = 0;
  const later = (x: unknown): unknown => (steps++ > 0 ? fail(value)() : x);
  for (const thrown of [fail(value), later]) {
    expect(run({ forward: thrown, backward })).toEqual(new LayerError(1, message("forward")));
    steps = 0;
    expect(run({ forward, backward: thrown })).toEqual(new LayerError(1, message("backward")));
  }
});

test("an error that a layer throws stays as it is", () => {
  const error = new TypeError("no");
  expect(run({ forward: fail(error), backward: fail(error) })).toBe(error);
});

test("a layer that builds no layer is named", () => {
  expect(run({ forward: () => {} })).toEqual(
    new LayerError(
      1,
      'part: its function "build" must return an object with the functions forward and backward, but ' +
        "returned an object.",
    ),
  );
});
