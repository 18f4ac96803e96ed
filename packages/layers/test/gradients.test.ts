import { layers } from "@nn/layers";
import fc from "fast-check";
import { expect, test } from "vitest";

import { float64ReferenceBackend } from "../src/testing/backends.ts";
import { findGradientErrors } from "../src/testing/layer-gradients.ts";
import { buildLayer, type LayerConfiguration } from "../src/testing/layer-under-test.ts";

const from1 = (max: number) => fc.integer({ min: 1, max });
const flag = fc.boolean();
const sequence = fc.tuple(from1(4), from1(4)); // (T, D)
const image = fc.tuple(from1(6), from1(6), from1(3)); // (H, W, C)
const anyShape = fc.oneof(fc.tuple(from1(9)), sequence, image);
const both = (max: number) => fc.oneof(from1(max), fc.tuple(from1(max), from1(max)));

/** Normalization layers reject a single number. */
const several = (shape: readonly number[]): boolean => shape.at(-1)! > 1;

/** Generates configurations with these shapes and options. */
function on(
  shapes: fc.Arbitrary<readonly number[]>,
  options: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<LayerConfiguration> {
  return fc.record({ inputShape: shapes, options: fc.record(options) });
}

const recurrent = { units: from1(4), returnSequences: flag, bias: flag };
const dense = (units: number) => ({ type: "dense", units });
const rate = fc.constantFrom(0, 0.25, 0.8);
const epsilon = fc.constantFrom(1e-5, 1e-3, 0.1);
const affine = flag;

const convolution = fc
  .record({
    groups: from1(3),
    channels: from1(2),
    filters: from1(2),
    kernelSize: both(3),
    stride: both(3),
    dilation: both(2),
    // A padding of 2 suffices for the largest kernel on an image of one pixel.
    padding: fc.oneof(fc.constant("same"), fc.integer({ min: 2, max: 3 })),
    bias: flag,
    size: fc.tuple(from1(6), from1(6)),
  })
  .map(({ groups, channels, filters, size, ...options }) => ({
    options: { ...options, groups, filters: groups * filters },
    inputShape: [...size, groups * channels],
  }));

/** Generates pools that are not larger than their image. */
const pools = fc
  .record({
    inputShape: image,
    height: from1(4),
    width: from1(4),
    stride: both(3),
    padding: fc.constantFrom("same", "valid"),
  })
  .map(({ inputShape, height, width, stride, padding }) => ({
    options: { poolSize: [Math.min(height, inputShape[0]), Math.min(width, inputShape[1])], stride, padding },
    inputShape,
  }));

const attention = fc
  .record({ heads: from1(3), d: from1(2), T: from1(4), bias: flag, causal: flag })
  .map(({ d, T, ...options }) => ({ options, inputShape: [T, options.heads * d] }));

/**
 * The configurations to test, by layer. A layer without an entry is tested with default options on random
 * shapes.
 */
const configurations: Readonly<Record<string, fc.Arbitrary<LayerConfiguration>>> = {
  "average-pool2d": fc.tuple(pools, flag).map(([{ options, inputShape }, countIncludePad]) => ({
    options: { ...options, countIncludePad },
    inputShape,
  })),
  "batch-norm": on(anyShape, { affine, epsilon: fc.constantFrom(1e-2, 0.1) }),
  conv2d: convolution,
  dense: on(fc.tuple(from1(9)), { units: from1(9), bias: flag }),
  dropout: on(anyShape, { rate }),
  dropout2d: on(fc.oneof(sequence, image), { rate }),
  elu: on(anyShape, { alpha: fc.constantFrom(0.5, 1, 2) }),
  gelu: on(anyShape, { approximate: fc.constantFrom("none", "tanh") }),
  "global-average-pool1d": on(sequence),
  "global-average-pool2d": on(image),
  "group-norm": fc
    .tuple(
      image.filter((shape) => Math.max(...shape) > 1),
      from1(3),
      flag,
    )
    .map(([[H, W, C], groups, each]) => ({
      options: { groups, affine: each, epsilon: 0.1 },
      inputShape: [H, W, C * groups],
    })),
  gru: on(sequence, recurrent),
  "layer-norm": on(fc.oneof(sequence, image).filter(several), {
    axes: from1(2),
    affine,
    epsilon: fc.constant(0.1),
  }),
  "leaky-relu": on(anyShape, { slope: fc.constantFrom(0.01, 0.3, 1) }),
  lstm: on(sequence, { ...recurrent, forgetBias: fc.constantFrom(0, 1) }),
  "max-pool2d": pools,
  "multi-head-attention": attention,
  pad: on(image, { padding: fc.oneof(fc.nat(2), fc.tuple(fc.nat(2), fc.tuple(fc.nat(2), fc.nat(2)))) }),
  parallel: on(fc.oneof(fc.tuple(from1(5))), {
    branches: fc.constant([
      [dense(2), { type: "tanh" }],
      [{ type: "sigmoid" }, dense(2)],
    ]),
    join: fc.constantFrom("add", "concatenate"),
  }),
  "patch-embedding": fc
    .tuple(from1(3), from1(2), from1(2), from1(3), from1(3), flag)
    .map(([patchSize, rows, columns, C, units, bias]) => ({
      options: { patchSize, units, bias },
      inputShape: [patchSize * rows, patchSize * columns, C],
    })),
  permute: on(image, { axes: fc.shuffledSubarray([0, 1, 2], { minLength: 3 }) }),
  "position-embedding": on(sequence),
  prelu: on(anyShape, { perChannel: flag }),
  repeat: on(fc.tuple(from1(4)), {
    times: from1(3),
    layers: fc.constantFrom([dense(3), { type: "tanh" }], [{ type: "residual", layers: [{ type: "tanh" }] }]),
  }),
  reshape: on(anyShape, { shape: fc.constant([-1]) }),
  residual: fc.tuple(from1(5), from1(4), flag).map(([D, units, projects]) => ({
    options: projects
      ? { layers: [{ type: "tanh" }, dense(units)], shortcut: [dense(units)] }
      : { layers: [dense(units), { type: "tanh" }, dense(D)] },
    inputShape: [D],
  })),
  "rms-norm": on(anyShape.filter(several), { affine, epsilon }),
  "simple-rnn": on(sequence, recurrent),
  softplus: on(anyShape, { beta: fc.constantFrom(0.5, 1, 3) }),
  "transformer-encoder": fc
    .record({
      heads: from1(2),
      // For few, nearly equal numbers, the curvature of a normalization is too large for central differences.
      d: fc.integer({ min: 4, max: 5 }),
      T: from1(3),
      hiddenUnits: from1(4),
      activation: fc.constantFrom("gelu", "relu"),
      normalize: fc.constantFrom("before", "after"),
      causal: flag,
      dropout: fc.constantFrom(0, 0.3),
    })
    .map(({ d, T, ...options }) => ({ options, inputShape: [T, options.heads * d] })),
};

test.each([...layers.values()])(
  "gradients of $type agree with central differences for random shapes, options and batches",
  (definition) => {
    const configuration = configurations[definition.type] ?? on(anyShape);
    fc.assert(
      fc.property(configuration, from1(3), flag, (each, n, training) => {
        const built = buildLayer(definition, each, { backend: float64ReferenceBackend, batchSize: n });
        expect(findGradientErrors(built, each, n, { training, step: 3 })).toEqual([]);
      }),
      { seed: 1, numRuns: 25 },
    );
  },
);
