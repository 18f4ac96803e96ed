import { completeOptions } from "@nn/catalog/testing/complete-options";
import { initializers, layers as catalog, planModel, resolveLayer, type LayerBlock } from "@nn/layers";
import type { StoredTensor } from "@nn/results";
import { createReferenceBackend, createRng, countElements, type Shape } from "@nn/tensor";
import type { PartSpec, SavedNetwork } from "@nn/training";

/** A small network that contains one configuration of a layer: image (H, W, C) → … → outputs (classes). */
export interface LayerNetwork {
  /** The type of the layer, and the number of the configuration: "conv2d 2". */
  readonly name: string;
  readonly inputShape: Shape;
  readonly layers: readonly LayerBlock[];
}

/** The layers that convert an image (6, 6, 2) to the input of the layer. */
type Entry = "image" | "sequence" | "row" | "volume";

const ENTRIES: Readonly<
  Record<Entry, { readonly inputShape: Shape; readonly layers: readonly LayerBlock[] }>
> = {
  image: { inputShape: [6, 7, 4], layers: [] },
  sequence: { inputShape: [5, 6, 1], layers: [{ type: "reshape", shape: [5, -1] }] },
  row: { inputShape: [3, 4, 1], layers: [{ type: "flatten" }] },
  volume: { inputShape: [4, 3, 4], layers: [{ type: "reshape", shape: [2, 2, 3, 4] }] },
};

/** A convolution before the layer, so that in ONNX, its input has channels first. */
const conv = { type: "conv2d", filters: 4, kernelSize: 3, padding: "same" };

const anywhere = (options: Record<string, unknown> = {}): Configuration[] => [
  ["image", options],
  ["sequence", options],
  ["row", options],
  ["image", options, [conv]],
];

/** The input, the options, and the layers before and after the layer. */
type Configuration = readonly [
  Entry,
  Record<string, unknown>,
  (readonly LayerBlock[])?,
  (readonly LayerBlock[])?,
];

const recurrent: Configuration[] = [
  ["sequence", { units: 4 }],
  ["sequence", { units: 3, returnSequences: true }],
  ["sequence", { units: 3, bias: false }],
];

const pools: Configuration[] = [
  ["image", { poolSize: 2 }],
  ["image", { poolSize: [3, 2], stride: [2, 1], padding: "same" }, [conv]],
  ["image", { poolSize: 3, stride: 2, padding: 1 }],
  ["image", { poolSize: 4, stride: 3 }],
];

/** For each layer of the catalog, the inputs and options to export. */
const CONFIGURATIONS: Readonly<Record<string, readonly Configuration[]>> = {
  "average-pool2d": [
    ...pools,
    ["image", { poolSize: 3, stride: 2, padding: 1, countIncludePad: false }],
    ["image", { poolSize: 3, padding: "same", countIncludePad: false }],
  ],
  "batch-norm": [...anywhere(), ["volume", {}], ["image", { affine: false, epsilon: 0.01 }]],
  conv2d: [
    ["image", { filters: 3, kernelSize: 3 }],
    ["image", { filters: 6, kernelSize: [3, 2], stride: [2, 3], padding: "same", bias: false }],
    ["image", { filters: 6, kernelSize: 3, padding: 2, groups: 2, dilation: [2, 1] }],
    ["image", { filters: 8, kernelSize: 3, padding: "same", groups: 4 }, [conv, { type: "relu" }]],
    ["image", { filters: 2, kernelSize: 2, stride: 4, padding: 1 }],
  ],
  dense: [
    ["row", { units: 5 }],
    ["row", { units: 3, bias: false }],
  ],
  dropout: anywhere({ rate: 0.4 }),
  dropout2d: [
    ["image", {}],
    ["sequence", {}],
  ],
  elu: anywhere({ alpha: 0.7 }),
  flatten: anywhere(),
  gelu: [...anywhere(), ["row", { approximate: "tanh" }]],
  "global-average-pool1d": [["sequence", {}]],
  "global-average-pool2d": [
    ["image", {}],
    ["image", {}, [conv]],
  ],
  "group-norm": [
    ...anywhere({ groups: 2 }),
    ["image", { groups: 4, affine: false, epsilon: 0.01 }, [conv]],
    ["volume", { groups: 1 }],
  ],
  gru: recurrent,
  "hard-swish": anywhere(),
  "layer-norm": [
    ...anywhere(),
    ["image", { axes: 3 }, [conv]],
    ["sequence", { axes: 2, affine: false, epsilon: 0.1 }],
  ],
  "leaky-relu": anywhere({ slope: 0.2 }),
  lstm: [
    ...recurrent,
    ["sequence", { units: 4, forgetBias: 0 }],
    ["sequence", { units: 2, forgetBias: 0, bias: false }],
  ],
  "max-pool2d": pools,
  mish: anywhere(),
  "multi-head-attention": [
    ["sequence", { heads: 2 }],
    ["sequence", { heads: 3, causal: true, bias: false }],
  ],
  pad: [
    ["image", { padding: 2 }],
    [
      "image",
      {
        padding: [
          [1, 2],
          [0, 3],
        ],
      },
      [conv],
    ],
    ["image", { padding: [1, 2] }],
    // A pool after the padding includes the zeros in its windows, even if all pixels are negative.
    ["image", { padding: 1 }, [conv, { type: "elu" }], [{ type: "max-pool2d", poolSize: 2 }]],
    ["image", { padding: 2 }, [conv, { type: "elu" }], [{ type: "max-pool2d", poolSize: 2 }]],
    ["image", { padding: 1 }, [conv], [{ type: "average-pool2d", poolSize: 3, countIncludePad: false }]],
  ],
  parallel: [
    [
      "image",
      {
        branches: [
          [conv],
          [{ type: "max-pool2d", poolSize: 3, stride: 1, padding: "same" }, { type: "relu" }],
        ],
      },
    ],
    ["image", { branches: [[conv, { type: "sigmoid" }], [{ type: "relu" }]] }],
    ["image", { join: "add", branches: [[conv], [{ type: "tanh" }], [{ type: "relu" }]] }],
    ["row", { branches: [[{ type: "dense", units: 2 }], [{ type: "tanh" }]] }],
    ["sequence", { branches: [[{ type: "lstm", units: 2, returnSequences: true }], [{ type: "tanh" }]] }],
  ],
  "patch-embedding": [
    ["volume", { patchSize: 2, units: 3 }, [{ type: "reshape", shape: [4, 6, 2] }]],
    ["volume", { patchSize: 2, units: 3, bias: false }, [{ type: "reshape", shape: [4, 6, 2] }, conv]],
  ],
  permute: [
    ["image", { axes: [2, 0, 1] }],
    ["image", { axes: [1, 2, 0] }, [conv]],
    ["sequence", { axes: [1, 0] }],
  ],
  "position-embedding": [["sequence", {}]],
  prelu: [
    ...anywhere(),
    ["image", { perChannel: true }],
    ["image", { perChannel: true }, [conv]],
    ["row", { perChannel: true }],
  ],
  relu: anywhere(),
  repeat: [
    ["image", { times: 3, layers: [conv, { type: "batch-norm" }, { type: "relu" }] }],
    [
      "row",
      { times: 2, layers: [{ type: "residual", layers: [{ type: "dense", units: 12 }, { type: "tanh" }] }] },
    ],
  ],
  reshape: [
    ["image", { shape: [-1, 8] }, [conv]],
    ["row", { shape: [2, 3, 2] }],
  ],
  residual: [
    ["image", { layers: [conv, { type: "batch-norm" }] }],
    ["image", { layers: [conv], shortcut: [{ type: "conv2d", filters: 4, kernelSize: 1 }] }, [conv]],
    ["image", { layers: [{ type: "tanh" }], shortcut: [conv] }],
    ["sequence", { layers: [{ type: "multi-head-attention", heads: 2 }] }],
  ],
  "rms-norm": [...anywhere(), ["image", { affine: false, epsilon: 0.1 }, [conv]]],
  selu: anywhere(),
  sigmoid: anywhere(),
  silu: anywhere(),
  "simple-rnn": recurrent,
  softmax: anywhere(),
  softplus: [...anywhere(), ["row", { beta: 2.5 }]],
  tanh: anywhere(),
  "transformer-encoder": [
    ["sequence", { heads: 2, hiddenUnits: 8 }],
    [
      "sequence",
      { heads: 3, hiddenUnits: 5, normalize: "after", activation: "relu", causal: true, dropout: 0.2 },
    ],
  ],
};

/** Small networks for each layer of the catalog, in the order of its types. */
export const layerNetworks: readonly LayerNetwork[] = Object.entries(CONFIGURATIONS).flatMap(
  ([type, configurations]) =>
    configurations.map(([entry, options, before = [], after = []], k) => ({
      name: `${type} ${k + 1}`,
      inputShape: ENTRIES[entry].inputShape,
      layers: [...ENTRIES[entry].layers, ...before, { type, ...options }, ...after, { type: "flatten" }],
    })),
);

/** Returns a network with random weights, as if it had been trained and saved. */
export function createRandomNetwork({ name, inputShape, layers }: LayerNetwork): SavedNetwork {
  const resolved = layers.map((block) => resolveLayer(block, { find, complete: completeOptions }));
  const plan = planModel(resolved, inputShape);
  const rng = createRng(7);
  const zeros = initializers.get("zeros")!;
  const { parameters, buffers } = plan.build({
    backend: createReferenceBackend("float32"),
    batchSize: 1,
    rng,
    initializer: { definition: zeros, options: {} },
    initializers,
  });
  const tensors = new Map<string, StoredTensor>();
  for (const parameter of parameters) {
    const { shape } = parameter.value;
    const stream = rng.fork(parameter.name);
    const scale = shape.length > 1 ? Math.sqrt(2 / countElements(shape.slice(0, -1))) : 0.5;
    const data = Float32Array.from({ length: countElements(shape) }, () => scale * stream.normal());
    tensors.set(parameter.name, { shape, data });
  }
  for (const buffer of buffers) {
    const { shape } = buffer.value;
    const stream = rng.fork(buffer.name);
    const data = Float32Array.from({ length: countElements(shape) }, () => 0.5 + stream.uniform());
    tensors.set(buffer.name, { shape, data });
  }
  return {
    source: name,
    tensors,
    seed: 1,
    experimentSeed: 1,
    inputShape,
    classes: plan.outputShape[0]!,
    normalization: { mean: 120, deviation: 70 },
    spec: {
      dataset: { type: "mnist", validation: 0, normalize: true },
      model: { initializer: { type: "zeros" }, layers: resolved.map(toBlock) },
      loss: { type: "cross-entropy" },
      optimizer: { type: "sgd", learningRate: 0.1, momentum: 0, nesterov: false, weightDecay: 0 },
      schedule: { type: "constant" },
      training: { epochs: 1, batchSize: 1, shuffle: true },
    },
  };
}

function find(type: string) {
  const definition = catalog.get(type);
  if (definition === undefined) throw new Error(`there is no layer "${type}"`);
  return definition;
}

/** Returns the block of a resolved layer with all defaults, as in the spec of a trial. */
function toBlock({ definition, options }: ReturnType<typeof resolveLayer>): PartSpec {
  return {
    ...Object.fromEntries(Object.entries(options).map(([key, value]) => [key, plain(value)])),
    type: definition.type,
  };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return isResolved(value) ? toBlock(value) : value;
}

function isResolved(value: unknown): value is ReturnType<typeof resolveLayer> {
  return typeof value === "object" && value !== null && "definition" in value && "options" in value;
}
