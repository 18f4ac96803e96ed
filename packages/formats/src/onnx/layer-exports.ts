import type { LayerExport } from "./layer-export.ts";
import * as activations from "./layers/activations.ts";
import * as attention from "./layers/attention.ts";
import * as containers from "./layers/containers.ts";
import { dense } from "./layers/dense.ts";
import * as images from "./layers/images.ts";
import * as normalization from "./layers/normalization.ts";
import * as recurrent from "./layers/recurrent.ts";
import * as shapes from "./layers/shapes.ts";

/** The export function of each layer of the catalog, by type. A test checks that none is missing. */
export const layerExports: Readonly<Record<string, LayerExport>> = {
  "average-pool2d": images.averagePool2d,
  "batch-norm": normalization.batchNorm,
  conv2d: images.conv2d,
  dense,
  dropout: shapes.identity,
  dropout2d: shapes.identity,
  elu: activations.elu,
  flatten: shapes.flatten,
  gelu: activations.gelu,
  "global-average-pool1d": images.globalAveragePool1d,
  "global-average-pool2d": images.globalAveragePool2d,
  "group-norm": normalization.groupNorm,
  gru: recurrent.gru,
  "hard-swish": activations.hardSwish,
  "layer-norm": normalization.layerNorm,
  "leaky-relu": activations.leakyRelu,
  lstm: recurrent.lstm,
  "max-pool2d": images.maxPool2d,
  mish: activations.mish,
  "multi-head-attention": attention.multiHeadAttention,
  pad: images.pad,
  parallel: containers.parallel,
  "patch-embedding": attention.patchEmbedding,
  permute: shapes.permute,
  "position-embedding": attention.positionEmbedding,
  prelu: activations.prelu,
  relu: activations.relu,
  repeat: containers.repeat,
  reshape: shapes.reshape,
  residual: containers.residual,
  "rms-norm": normalization.rmsNorm,
  selu: activations.selu,
  sigmoid: activations.sigmoid,
  silu: activations.silu,
  "simple-rnn": recurrent.simpleRnn,
  softmax: activations.softmax,
  softplus: activations.softplus,
  tanh: activations.tanh,
  "transformer-encoder": attention.transformerEncoder,
};
