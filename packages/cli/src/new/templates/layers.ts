import type { EntryKind, EntryTemplate } from "../template.ts";

/** The templates for the catalogs of `@nn/layers`. */
export const layersTemplates = {
  layer: {
    folder: "layers",
    package: "layers",
    golden:
      "golden values of three configurations from another library, in " +
      "packages/layers/golden/activations.py (or the file of its family)",
    source: (type, value) => `import type { Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";

/** dx = dy · (2·x + scale). */
export const ${value} = defineLayer({
  type: "${type}",
  description: "Squares every number and adds a multiple of it.",
  formula: "y = x² + scale · x",
  shapes: "x (N, …) → y (N, …)",
  options: Type.Object({
    scale: Type.Number({ default: 1, description: "Factor of the number that is added." }),
  }),

  plan: ({ scale }, inputShape) => ({
    outputShape: inputShape,
    build(context) {
      const output = context.allocateBatch(inputShape);
      let x: Tensor;
      return {
        // y = x² + scale · x
        forward(input) {
          x = input;
          const y = output.rows(x.shape[0]!);
          for (let i = 0; i < x.data.length; i++) y.data[i] = x.data[i]! * (x.data[i]! + scale);
          return y; // (N, …)
        },

        // dx = dy · (2·x + scale), written over dy
        backward(dy) {
          for (let i = 0; i < dy.data.length; i++) dy.data[i] = dy.data[i]! * (2 * x.data[i]! + scale);
          return dy; // (N, …)
        },
      };
    },
  }),
});
`,
    test: (type, value) => `import { testLayer } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testLayer(${value}, [{ inputShape: [7] }, { options: { scale: -0.5 }, inputShape: [4, 4, 3] }]);
`,
  },

  loss: {
    folder: "losses",
    package: "layers",
    golden: "golden values of three configurations from another library, in packages/layers/golden/losses.py",
    source: (type, value) => `import { Batch, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { checkClassOutputs } from "./shared/class-outputs.ts";
import { defineLoss } from "../definition.ts";

/** ∂loss/∂y = (y − t) / N. */
export const ${value} = defineLoss({
  type: "${type}",
  description: "Half the squared distance of the outputs from the one-hot label.",
  formula: "loss = mean over the batch of Σ_c (y − t)² / 2, with t = onehot(label)",
  options: Type.Object({}),

  check(outputShape, classes) {
    checkClassOutputs("${type}", outputShape, classes);
  },

  build(_options, { backend, batchSize, outputShape }) {
    const gradients = new Batch(backend, batchSize, outputShape);
    let gradient: Tensor;
    return {
      forward(outputs, labels) {
        const [N, C] = [outputs.shape[0]!, outputs.shape[1]!];
        gradient = gradients.rows(N); // (N, C)
        let total = 0;
        for (let n = 0; n < N; n++) {
          for (let c = 0; c < C; c++) {
            const distance = outputs.data[n * C + c]! - (c === labels[n] ? 1 : 0);
            total += (distance * distance) / 2;
            gradient.data[n * C + c] = distance / N;
          }
        }
        return total / N;
      },
      backward: () => gradient,
    };
  },
});
`,
    test: (type, value) => `import { testLoss } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testLoss(${value}, [{ classes: 2 }, { classes: 10 }]);
`,
  },

  optimizer: {
    folder: "optimizers",
    package: "layers",
    golden:
      "golden values of three configurations from another library, in packages/layers/golden/optimizers.py",
    source: (type, value) => `import { Type } from "typebox";

import { defineOptimizer } from "../definition.ts";

/** Gradient descent without momentum and without state. */
export const ${value} = defineOptimizer({
  type: "${type}",
  description: "Plain gradient descent.",
  formula: "value −= learningRate · gradient",
  options: Type.Object({
    learningRate: Type.Number({
      exclusiveMinimum: 0,
      default: 0.01,
      description: "Learning rate: the factor of the gradient in each step.",
    }),
  }),

  build: ({ learningRate }, { parameters }) => ({
    // No state between steps. For a velocity or a step count, use an OptimizerState, like adagrad.ts.
    state: [],
    step(factor) {
      const rate = learningRate * factor;
      for (const { value, gradient } of parameters) {
        for (let i = 0; i < value.data.length; i++) {
          value.data[i] = value.data[i]! - rate * gradient.data[i]!;
        }
        gradient.data.fill(0);
      }
    },
  }),
});
`,
    test: (type, value) => `import { testOptimizer } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testOptimizer(${value}, [{}, { learningRate: 0.1 }]);
`,
  },

  schedule: {
    folder: "schedules",
    package: "layers",
    golden:
      "golden values of three configurations from another library, in packages/layers/golden/schedules.py",
    source: (type, value) => `import { Type } from "typebox";

import { defineSchedule } from "../definition.ts";
import { buildWithWarmup, getWarmupNotices, warmupOption } from "./shared/warmup.ts";

/** The number of epochs can be fractional: steps so far / steps per epoch. */
export const ${value} = defineSchedule({
  type: "${type}",
  description: "Inverse time decay: divides the learning rate by a number that grows linearly.",
  formula: "factor = 1 / (1 + decay · epochs)",
  options: Type.Object({
    decay: Type.Number({
      minimum: 0,
      default: 0.1,
      description: "Growth of the divisor per epoch; it starts at 1.",
    }),
    ...warmupOption,
  }),
  notices: getWarmupNotices,
  build: ({ decay, warmup }, context) =>
    buildWithWarmup(warmup, context, ({ stepsPerEpoch }) => ({
      factor: (step) => 1 / (1 + (decay * step) / stepsPerEpoch),
    })),
});
`,
    test: (type, value) => `import { testSchedule } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testSchedule(${value}, [{}, { decay: 1 }]);
`,
  },

  initializer: {
    folder: "initializers",
    package: "layers",
    golden: undefined,
    source: (type, value) => `import { Type } from "typebox";

import { defineInitializer } from "../definition.ts";

/** The variance is 1 / (3·fanIn). */
export const ${value} = defineInitializer({
  type: "${type}",
  description: "Draws uniform numbers, from a smaller range for neurons with more inputs.",
  formula: "uniform between −1 / √fanIn and 1 / √fanIn",
  options: Type.Object({}),
  fill(_options, value, { fanIn }, rng) {
    const bound = 1 / Math.sqrt(fanIn);
    for (let i = 0; i < value.data.length; i++) value.data[i] = bound * (2 * rng.uniform() - 1);
  },
});
`,
    test: (type, value) => `import { testInitializer } from "../testing.ts";
import { ${value} } from "./${type}.ts";

testInitializer(${value}, [{ variance: ({ fanIn }) => 1 / (3 * fanIn) }]);
`,
  },
} satisfies Partial<Record<EntryKind, EntryTemplate>>;
