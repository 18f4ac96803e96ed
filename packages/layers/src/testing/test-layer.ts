import { formatOptions } from "@nn/catalog/testing/complete-options";
import { createRng, formatShape, type Activation, type Backend, type Shape, type Tensor } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import type { LayerDefinition, ForwardContext } from "../definition.ts";
import { float64ReferenceBackend, fastBackends, referenceBackend } from "./backends.ts";
import { planLayerWithDefaults } from "./plan-layer-with-defaults.ts";
import { computeRelativeError } from "./gradient-check.ts";
import { drawInputAndGradient, findGradientErrors } from "./layer-gradients.ts";
import { buildLayer, runLayer, copyBuffers, type LayerConfiguration } from "./layer-under-test.ts";
import { copyTensor, describeDifferences, drawSparse, copyFirstRows } from "./numbers.ts";

const training: ForwardContext = { training: true, step: 3 };
const evaluation: ForwardContext = { training: false, step: 3 };
const activations: readonly Activation[] = [
  { kind: "relu" },
  { kind: "leaky-relu", slope: 0.1 },
  { kind: "sigmoid" },
  { kind: "tanh" },
];
const N = 5;

/**
 * Defines the tests that every layer must pass. Call it in a vitest file, with the configurations to test.
 *
 *     testLayer(swish, [{ inputShape: [7] }, { options: { beta: 2 }, inputShape: [4, 4, 3] }]);
 */
export function testLayer(definition: LayerDefinition, configurations: readonly LayerConfiguration[]): void {
  for (const configuration of configurations) {
    const { options = {}, inputShape } = configuration;
    const plan = planLayerWithDefaults(definition, options, inputShape);
    describe(`${definition.type} ${formatOptions(options)} on ${formatShape(inputShape)}`, () => {
      testForward(definition, configuration);
      testGradients(definition, configuration);
      testSameBytes(definition, configuration);
      if (Object.keys(plan.parameters ?? {}).length > 0) testParameterGradients(definition, configuration);
      if (plan.activation !== undefined) testAlreadyActivated(definition, configuration, plan.activation);
      const { layer } = buildLayer(definition, configuration, {
        backend: float64ReferenceBackend,
        batchSize: 1,
      });
      if (layer.fuse !== undefined) testFusion(definition, configuration);
    });
  }
}

function testForward(definition: LayerDefinition, configuration: LayerConfiguration): void {
  test("the output has the planned shape for each batch size", () => {
    const { layer, outputShape } = buildLayer(definition, configuration, {
      backend: float64ReferenceBackend,
      batchSize: N,
    });
    for (const n of [N, 1, 2]) {
      const { x } = drawInputAndGradient(configuration, outputShape, n);
      const y = layer.forward(x, training);
      expect(y.shape).toEqual([n, ...outputShape]);
      expect(y.data.length).toBe(outputShape.reduce((size, extent) => size * extent, n));
    }
  });

  test("forward and backward do not change the input", () => {
    const built = buildLayer(definition, configuration, { backend: float64ReferenceBackend, batchSize: N });
    const { x, dy } = drawInputAndGradient(configuration, built.outputShape, N);
    const before = x.data.slice();
    runLayer(built, float64ReferenceBackend, x, dy, training);
    expect(describeDifferences({ x: x.data }, { x: before })).toEqual([]);
  });

  test("evaluation has no randomness and does not change buffers", () => {
    const built = buildLayer(definition, configuration, { backend: float64ReferenceBackend, batchSize: N });
    const { x, dy } = drawInputAndGradient(configuration, built.outputShape, N);
    const buffers = copyBuffers(built);
    const first = runLayer(built, float64ReferenceBackend, x, dy, { training: false, step: 0 });
    const later = runLayer(built, float64ReferenceBackend, x, dy, { training: false, step: 9 });
    expect(describeDifferences(first, later)).toEqual([]);
    expect(describeDifferences(copyBuffers(built), buffers)).toEqual([]);
  });
}

function testGradients(definition: LayerDefinition, configuration: LayerConfiguration): void {
  for (const pass of [training, evaluation]) {
    for (const n of [1, N]) {
      const mode = pass.training ? "training" : "evaluation";
      test(`gradients agree with central differences, batch of ${n}, in ${mode}`, () => {
        const built = buildLayer(definition, configuration, {
          backend: float64ReferenceBackend,
          batchSize: n,
        });
        expect(findGradientErrors(built, configuration, n, pass)).toEqual([]);
      });
    }
  }
}

function testParameterGradients(definition: LayerDefinition, configuration: LayerConfiguration): void {
  test("backward adds to the gradients of parameters", () => {
    const built = buildLayer(definition, configuration, { backend: float64ReferenceBackend, batchSize: N });
    const { x, dy } = drawInputAndGradient(configuration, built.outputShape, N);
    const once = runLayer(built, float64ReferenceBackend, x, dy, training);
    built.layer.backward(copyTensor(float64ReferenceBackend, dy), training);
    for (const [name, { gradient }] of built.parameters) {
      const twice = once[`d${name}`]!.map((value) => 2 * value);
      expect(computeRelativeError(gradient.data, twice)).toBeLessThan(1e-12);
    }
  });

  test("gradients of parameters do not depend on needsInputGradient", () => {
    const [needed, unneeded] = [true, false].map((needsInputGradient) => {
      const built = buildLayer(definition, configuration, {
        backend: float64ReferenceBackend,
        batchSize: N,
        needsInputGradient,
      });
      const { x, dy } = drawInputAndGradient(configuration, built.outputShape, N);
      const { dx: _dx, ...rest } = runLayer(built, float64ReferenceBackend, x, dy, training);
      return rest;
    });
    expect(describeDifferences(needed!, unneeded!)).toEqual([]);
  });
}

function testSameBytes(definition: LayerDefinition, configuration: LayerConfiguration): void {
  const run = (backend: Backend, n: number, batchSize: number, pass: ForwardContext) => {
    const built = buildLayer(definition, configuration, { backend, batchSize });
    const [rows, gradients] = drawBatch(backend, configuration, built.outputShape);
    const [x, dy] = [copyFirstRows(backend, rows, n), copyFirstRows(backend, gradients, n)];
    return { ...runLayer(built, backend, x, dy, pass), ...copyBuffers(built) };
  };

  test("two runs give the same bytes", () => {
    expect(
      describeDifferences(run(referenceBackend, N, N, training), run(referenceBackend, N, N, training)),
    ).toEqual([]);
  });

  test("the bytes do not depend on the largest batch size", () => {
    expect(
      describeDifferences(run(referenceBackend, 2, N, training), run(referenceBackend, 2, 2, training)),
    ).toEqual([]);
  });

  test.each([referenceBackend, ...fastBackends])(
    "a training pass does not depend on the previous batch, on $name",
    (backend) => {
      const [fresh, used] = [false, true].map((hasRun) => {
        const built = buildLayer(definition, configuration, { backend, batchSize: N });
        const [x, dy] = drawBatch(backend, configuration, built.outputShape);
        const other = drawBatch(backend, configuration, built.outputShape, "another batch");
        if (hasRun) runLayer(built, backend, ...other, training);
        return runLayer(built, backend, x, dy, training);
      });
      expect(describeDifferences(fresh!, used!)).toEqual([]);
    },
  );

  test.each(fastBackends)("the same bytes on $name as on the reference", (backend) => {
    for (const pass of [training, evaluation]) {
      for (const n of [1, N]) {
        expect(describeDifferences(run(backend, n, N, pass), run(referenceBackend, n, N, pass))).toEqual([]);
      }
    }
  });
}

/**
 * Tests that an activation layer returns its input unchanged if the layer before it has applied the
 * activation.
 */
function testAlreadyActivated(
  definition: LayerDefinition,
  configuration: LayerConfiguration,
  activation: Activation,
): void {
  test.each([referenceBackend, ...fastBackends])(
    "gives the same bytes on $name if it is fused into the layer before it",
    (backend) => {
      const apart = buildLayer(definition, configuration, { backend, batchSize: N });
      const fused = buildLayer(definition, configuration, { backend, batchSize: N, alreadyActivated: true });
      const [x, dy] = drawBatch(backend, configuration, apart.outputShape);
      const activated = backend.allocate(x.shape);
      backend.activate(activation, x, activated);
      expect(
        describeDifferences(
          runLayer(fused, backend, activated, dy, training),
          runLayer(apart, backend, x, dy, training),
        ),
      ).toEqual([]);
    },
  );
}

/**
 * Tests that a layer with a fused activation gives the same bytes as the layer followed by the activation.
 */
function testFusion(definition: LayerDefinition, configuration: LayerConfiguration): void {
  describe.each([referenceBackend, ...fastBackends])("on $name", (backend) => {
    test.each(activations)("a fused $kind gives the same bytes as $kind after the layer", (activation) => {
      const apart = buildLayer(definition, configuration, { backend, batchSize: N });
      const fused = buildLayer(definition, configuration, { backend, batchSize: N, fuse: activation });
      const [x, dy] = drawBatch(backend, configuration, apart.outputShape);
      const expected = runLayer(apart, backend, x, dy, training);
      const y = apart.layer.forward(x, training);
      backend.activate(activation, y, y);
      expect(
        describeDifferences(runLayer(fused, backend, x, dy, training), { ...expected, y: y.data }),
      ).toEqual([]);
    });
  });
}

/** Returns x and dy for a comparison of bytes; most numbers are zero. */
function drawBatch(
  backend: Backend,
  { inputShape }: LayerConfiguration,
  outputShape: Shape,
  name = "a batch",
): [x: Tensor, dy: Tensor] {
  const rng = createRng(13).fork(name);
  return [
    drawSparse(backend, [N, ...inputShape], rng.fork("x")),
    drawSparse(backend, [N, ...outputShape], rng.fork("dy")),
  ];
}
