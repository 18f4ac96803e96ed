import {
  createReferenceBackend,
  createRng,
  ShapeError,
  type Activation,
  type Rng,
  type Tensor,
} from "@nn/tensor";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";

import { defineLayer } from "../definition.ts";
import { glorot } from "../initializers/glorot.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { flatten } from "../layers/flatten.ts";
import { relu } from "../layers/relu.ts";
import { residual } from "../layers/residual.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { LayerError } from "./layer-error.ts";
import { planModel, type ResolvedLayer, type Model, type ModelContext, type ModelPlan } from "./model.ts";

const flat: ResolvedLayer = { definition: flatten, options: {} };
const units = (count: number): ResolvedLayer => ({
  definition: dense,
  options: { units: count, bias: true },
});
const rectified: ResolvedLayer = { definition: relu, options: {} };
const dropped: ResolvedLayer = { definition: dropout, options: { rate: 0.5 } };
const training = { training: true, step: 0 };

const backend = createReferenceBackend("float32");
const initializer: ModelContext["initializer"] = { definition: glorot, options: { distribution: "normal" } };

function build(plan: ModelPlan, rng = createRng(1)): Model {
  return plan.build({ backend, batchSize: 4, rng, initializer });
}

/** A layer that passes its input through and records each call of the model. */
function spy(calls: string[], name: string): ResolvedLayer {
  const definition = defineLayer({
    type: name,
    description: "Notes what it is asked.",
    options: Type.Object({}),
    plan: (_options, inputShape) => ({
      outputShape: inputShape,
      build({ needsInputGradient }) {
        calls.push(`${name} built, ∂loss/∂x ${needsInputGradient ? "needed" : "not needed"}`);
        return {
          forward: (x) => x,
          backward(dy) {
            calls.push(`${name} backward`);
            return dy;
          },
        };
      },
    }),
  });
  return { definition, options: {} };
}

describe("planModel", () => {
  test("plans each layer for the output shape of the layer before it, and sums their costs", () => {
    const plan = planModel([flat, units(16), rectified, units(10)], [28, 28, 1]);
    expect(plan.layers).toEqual([
      { type: "flatten", outputShape: [784], parameters: 0, multiplyAdds: 0 },
      { type: "dense", outputShape: [16], parameters: 12_560, multiplyAdds: 12_544 },
      { type: "relu", outputShape: [16], parameters: 0, multiplyAdds: 0 },
      { type: "dense", outputShape: [10], parameters: 170, multiplyAdds: 160 },
    ]);
    expect(plan).toMatchObject({ outputShape: [10], parameters: 12_730, multiplyAdds: 12_704 });
  });

  test("throws an error with the path of a layer that cannot be planned", () => {
    const error = catchError(() => planModel([rectified, units(16)], [28, 28, 1]));
    expect(error).toBeInstanceOf(LayerError);
    expect(error).toMatchObject({ path: [1], cause: expect.any(ShapeError) });
    expect(error.message).toMatch(/^dense: input must be \(D\), got \(28, 28, 1\)\./);
  });

  test("names a custom layer whose plan throws or has an invalid shape", () => {
    const broken = (plan: () => { outputShape: number[] }): ResolvedLayer => ({
      definition: {
        type: "swish",
        description: "",
        options: Type.Object({}),
        plan: () => ({ ...plan(), build: () => ({ forward: (x) => x, backward: (dy) => dy }) }),
      },
      options: {},
    });
    const throws = broken(() => {
      throw new TypeError("beta is undefined");
    });
    expect(catchError(() => planModel([flat, throws], [4])).message).toBe(
      "swish: its plan failed: beta is undefined",
    );
    for (const extent of [2.5, 0]) {
      expect(catchError(() => planModel([broken(() => ({ outputShape: [extent] }))], [4])).message).toBe(
        `swish: its plan must give an outputShape of whole numbers from 1, got (${extent}).`,
      );
    }
    // Without type checking, a custom file can omit `build` from the plan.
    const unbuilt: ResolvedLayer = broken(() => ({ outputShape: [4] }));
    Object.assign(unbuilt.definition, { plan: () => ({ outputShape: [4] }) });
    expect(catchError(() => planModel([unbuilt], [4])).message).toBe(
      "swish: its plan must give a build function, got nothing.",
    );
  });
});

describe("the sequential model", () => {
  test("names parameters by layer, and draws each from the random stream of its name", () => {
    const model = build(planModel([units(3), rectified, units(2)], [5]));
    expect(model.parameters.map(({ name }) => name)).toEqual([
      "layers.0.weight",
      "layers.0.bias",
      "layers.2.weight",
      "layers.2.bias",
    ]);
    const expected = backend.allocate([3, 2]);
    const stream = createRng(1).fork("weights").fork("layers.2.weight");
    initializer.definition.fill(initializer.options, expected, { fanIn: 3, fanOut: 2 }, stream);
    expect(model.parameters[2]!.value).toEqual(expected);
    expect(model.parameters[3]!.value.data).toEqual(new Float32Array(2));
  });

  test("backward stops at the first layer with parameters, which need not compute ∂loss/∂x", () => {
    const calls: string[] = [];
    const layers = [spy(calls, "below"), units(2), spy(calls, "above")];
    const model = build(planModel(layers, [3]));
    model.forward(backend.allocate([4, 3]), training);
    model.backward(backend.allocate([4, 2]), training);
    expect(calls).toEqual([
      "below built, ∂loss/∂x not needed",
      "above built, ∂loss/∂x needed",
      "above backward",
    ]);
  });

  test("a network without parameters has no backward pass", () => {
    const calls: string[] = [];
    const model = build(planModel([spy(calls, "only")], [3]));
    model.backward(backend.allocate([4, 3]), training);
    expect(calls).not.toContain("only backward");
  });

  test("fusing an activation into the layer before it gives the same bytes", () => {
    const unfusable: ResolvedLayer = {
      options: { units: 8, bias: true },
      definition: {
        ...dense,
        plan(options, inputShape) {
          const plan = dense.plan({ units: 8, bias: true, ...options }, inputShape);
          return {
            ...plan,
            build(context) {
              const layer = plan.build(context);
              return {
                forward: (x, pass) => layer.forward(x, pass),
                backward: (dy, pass) => layer.backward(dy, pass),
              };
            },
          };
        },
      },
    };
    const rng = createRng(3);
    const [fused, apart] = [units(8), unfusable].map((first) =>
      trainOneStep(build(planModel([first, rectified, dropped, units(3)], [6])), rng),
    );
    expect(fused).toEqual(apart);
  });

  test("calls fuse once on the layer before an activation", () => {
    const fused: Activation[] = [];
    const definition = defineLayer({
      type: "fusing",
      description: "Notes what is fused into it.",
      options: Type.Object({}),
      plan: (_options, inputShape) => ({
        outputShape: inputShape,
        build: () => ({
          forward: (x) => x,
          backward: (dy) => dy,
          fuse: (activation) => void fused.push(activation),
        }),
      }),
    });
    const model = build(planModel([{ definition, options: {} }, rectified], [2]));
    expect(fused).toEqual([{ kind: "relu" }]);
    // The layer before it now applies the activation, so relu must return x unchanged.
    const x = backend.allocate([1, 2]);
    x.data.set([-1, 1]);
    expect(model.forward(x, training).data).toEqual(Float32Array.of(-1, 1));
  });

  test("steps after the first two allocate no buffers", () => {
    let allocations = 0;
    const counting = {
      ...backend,
      allocate(shape: readonly number[]) {
        allocations++;
        return backend.allocate(shape);
      },
    };
    const plan = planModel([flat, units(8), rectified, dropped, units(3)], [2, 3]);
    const model = plan.build({ backend: counting, batchSize: 4, rng: createRng(1), initializer });
    const planned = allocations;
    const outputs = [4, 2, 4, 2].map((n) => {
      const y = model.forward(backend.allocate([n, 2, 3]), training);
      model.backward(backend.allocate([n, 3]), training);
      return y;
    });
    expect(allocations).toBe(planned);
    expect(outputs[2]).toBe(outputs[0]);
    expect(outputs[3]).toBe(outputs[1]);
  });
});

describe("findNonFiniteLayer", () => {
  const model = build(planModel([flat, units(3), rectified, units(2)], [4]));
  const x = backend.allocate([1, 4]);

  test("returns undefined if all numbers are finite", () => {
    expect(model.findNonFiniteLayer(x, training)).toBeUndefined();
  });

  test("distinguishes weights that are not finite from outputs that overflow", () => {
    const [weight, , upperWeight] = model.parameters;
    upperWeight!.value.data[0] = Number.NaN;
    expect(model.findNonFiniteLayer(x, training)).toEqual({
      path: [3],
      type: "dense",
      times: [],
      what: "weights",
    });
    weight!.value.data.fill(3e38);
    x.data.fill(10);
    expect(model.findNonFiniteLayer(x, training)).toEqual({
      path: [1],
      type: "dense",
      times: [],
      what: "activations",
    });
  });
});

/** Returns every gradient after one step on random numbers. */
function trainOneStep(model: Model, rng: Rng): Float32Array[] {
  const x = drawInput(rng.fork("x"));
  const loss = crossEntropy.build({ labelSmoothing: 0 }, { backend, batchSize: 4, outputShape: [3] });
  loss.forward(model.forward(x, training), Int32Array.of(0, 1, 2, 1));
  model.backward(loss.backward(), training);
  return model.parameters.map(({ gradient }) => Float32Array.from(gradient.data));
}

function drawInput(rng: Rng): Tensor {
  const x = backend.allocate([4, 6]);
  for (let i = 0; i < x.data.length; i++) x.data[i] = rng.normal();
  return x;
}

function catchError(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error");
}

describe("the first pass", () => {
  /** A layer whose plan has 7 numbers, but whose forward and backward passes return other sizes. */
  const liar = (forward: number, backward: number): ResolvedLayer => ({
    definition: defineLayer({
      type: "liar",
      description: "Does not do what it says.",
      options: Type.Object({}),
      plan: () => ({
        outputShape: [7],
        build: (context) => {
          const outputs = context.allocateBatch([forward]);
          const gradients = context.allocateBatch([backward]);
          return {
            forward: (x) => outputs.rows(x.shape[0]!),
            backward: (dy) => gradients.rows(dy.shape[0]!),
          };
        },
      }),
    }),
    options: {},
  });
  const pass = (model: Model, features = 5): void => {
    const x = backend.allocate([2, features]);
    const outputs = model.forward(x, training);
    model.backward(backend.allocate(outputs.shape), training);
  };

  test("rejects an output whose shape differs from the plan", () => {
    const model = build(planModel([liar(32, 5), units(10)], [5]));
    expect(() => pass(model)).toThrow(
      new LayerError(0, "liar: forward gave (2, 32) with 64 numbers, but its plan says (2, 7)."),
    );
  });

  test("names a layer that returns nothing", () => {
    const silent = build(planModel([units(7), liar(7, 7), units(10)], [5]));
    const broken = liar(7, 7);
    // Without type checking, `forward` and `backward` of a custom file can return nothing.
    Object.assign(broken.definition, {
      plan: () => ({ outputShape: [7], build: () => ({ forward: () => {}, backward: () => {} }) }),
    });
    const model = build(planModel([units(7), broken, units(10)], [5]));
    expect(() => pass(silent)).not.toThrow();
    expect(() => pass(model)).toThrow(
      new LayerError(1, "liar: forward returned no tensor. It must return a tensor."),
    );
    const late = { forward: () => Promise.reject(new Error("late")), backward: () => {} };
    Object.assign(broken.definition, { plan: () => ({ outputShape: [7], build: () => late }) });
    const async = build(planModel([units(7), broken, units(10)], [5]));
    expect(() => pass(async)).toThrow(
      new LayerError(1, "liar: forward returned a promise. It must return a tensor."),
    );
  });

  test("rejects a gradient whose shape differs from the input", () => {
    const model = build(planModel([units(6), liar(7, 9), units(10)], [5]));
    expect(() => pass(model)).toThrow(
      new LayerError(1, "liar: backward gave (2, 9) with 18 numbers, but its plan says (2, 6)."),
    );
  });

  test("does not check an input gradient that is not used", () => {
    expect(() => pass(build(planModel([liar(7, 9), units(10)], [5])))).not.toThrow();
  });

  test("checks nested layers, and reports which one failed", () => {
    const around = (inside: ResolvedLayer[]): ResolvedLayer => ({
      definition: residual,
      options: { layers: inside, shortcut: [units(7)] },
    });
    const taller = build(planModel([units(5), around([rectified, liar(32, 5)])], [5]));
    const lower = build(planModel([units(5), around([units(6), around([liar(7, 9)])])], [5]));
    expect(() => pass(taller)).toThrow(
      "liar: forward gave (2, 32) with 64 numbers, but its plan says (2, 7).",
    );
    expect(catchError(() => pass(taller))).toMatchObject({ path: [1, "layers", 1] });
    expect(() => pass(lower)).toThrow(
      "liar: backward gave (2, 9) with 18 numbers, but its plan says (2, 6).",
    );
    expect(catchError(() => pass(lower))).toMatchObject({ path: [1, "layers", 1, "layers", 0] });
  });

  test("stops at the first layer with parameters, even if it is nested", () => {
    const calls: string[] = [];
    const around: ResolvedLayer = {
      definition: residual,
      options: { layers: [spy(calls, "below"), units(3)] },
    };
    pass(build(planModel([around], [3])), 3);
    expect(calls).toEqual(["below built, ∂loss/∂x not needed"]);
  });
});
