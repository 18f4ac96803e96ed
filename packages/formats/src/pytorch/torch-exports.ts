import type { conv2d as Conv2d } from "@nn/layers/layers/conv2d";
import type { dense as Dense } from "@nn/layers/layers/dense";
import type { gru as Gru } from "@nn/layers/layers/gru";
import type { lstm as Lstm } from "@nn/layers/layers/lstm";
import type { parallel as Parallel } from "@nn/layers/layers/parallel";
import type { patchEmbedding as PatchEmbedding } from "@nn/layers/layers/patch-embedding";
import type { repeat as Repeat } from "@nn/layers/layers/repeat";
import type { residual as Residual } from "@nn/layers/layers/residual";
import type { simpleRnn as SimpleRnn } from "@nn/layers/layers/simple-rnn";

import { permuteAxes, type TorchExport, type TorchScope } from "./torch-scope.ts";

/** A layer without tensors. */
const nothing: TorchExport = () => {};

/** γ and β, which PyTorch stores in the same layout. */
const affine: TorchExport = (_options, scope) => {
  scope.copy("weight");
  scope.copy("bias");
};

/** nn.BatchNorm1d, nn.BatchNorm2d */
const batchNorm: TorchExport = (options, scope) => {
  affine(options, scope);
  scope.copy("runningMean", "running_mean");
  scope.copy("runningVariance", "running_var");
};

/** nn.Linear: weight (U, D) */
const dense: TorchExport<typeof Dense> = (_options, scope) => linear(scope, "weight", "bias");

function linear(scope: TorchScope, weight: string, bias: string): void {
  scope.transpose("weight", weight);
  scope.copy("bias", bias);
}

/** nn.Conv2d: weight (F, C / groups, KH, KW) */
const conv2d: TorchExport<typeof Conv2d> = (_options, scope) => {
  const { shape, data } = scope.tensor("weight")!;
  const axes = [3, 2, 0, 1];
  scope.put(
    "weight",
    axes.map((axis) => shape[axis]!),
    permuteAxes(data, shape, axes),
  );
  scope.copy("bias");
};

/** nn.Conv2d with a kernel and a stride of one patch: (P·P·C, U) → weight (U, C, P, P) */
const patchEmbedding: TorchExport<typeof PatchEmbedding> = ({ patchSize: P, units }, scope) => {
  const { shape, data } = scope.tensor("weight")!;
  const C = shape[0]! / (P * P);
  scope.put("weight", [units, C, P, P], permuteAxes(data, [P, P, C, units], [3, 2, 0, 1]));
  scope.copy("bias");
};

/** nn.PReLU */
const prelu: TorchExport = (_options, scope) => scope.copy("slope", "weight");

/** nn.RNN: weight_ih_l0 (U, D), weight_hh_l0 (U, U). This project's bias is the sum of its two biases. */
const simpleRnn: TorchExport<typeof SimpleRnn> = (_options, scope) => {
  recurrentWeights(scope);
  const bias = scope.tensor("bias");
  if (bias !== undefined) biases(scope, bias.data, new Float32Array(bias.data.length));
};

/** nn.LSTM. The order of the gates is the same. The forget bias is added to its bias. */
const lstm: TorchExport<typeof Lstm> = ({ units: U, forgetBias }, scope) => {
  recurrentWeights(scope);
  const own = scope.tensor("bias");
  if (own === undefined && forgetBias === 0) return;
  const bias = Float32Array.from({ length: 4 * U }, (_, i) => {
    const isForgetGate = i >= U && i < 2 * U;
    return (own?.data[i] ?? 0) + (isForgetGate ? forgetBias : 0);
  });
  biases(scope, bias, new Float32Array(4 * U));
};

/**
 * nn.GRU. The order of the gates is the same. The bias of the candidate that the reset gate multiplies is a
 * recurrent bias.
 */
const gru: TorchExport<typeof Gru> = ({ units: U }, scope) => {
  recurrentWeights(scope);
  const [own, candidate] = [scope.tensor("bias"), scope.tensor("candidateBias")];
  if (own === undefined || candidate === undefined) return;
  const recurrent = new Float32Array(3 * U);
  recurrent.set(candidate.data, 2 * U);
  biases(scope, own.data, recurrent);
};

function recurrentWeights(scope: TorchScope): void {
  scope.transpose("weight", "weight_ih_l0");
  scope.transpose("recurrentWeight", "weight_hh_l0");
}

function biases(scope: TorchScope, input: Float32Array | Float64Array, recurrent: Float32Array): void {
  scope.put("bias_ih_l0", [input.length], input);
  scope.put("bias_hh_l0", [input.length], recurrent);
}

/** nn.MultiheadAttention: in_proj_weight (3·D, D), out_proj.weight (D, D) */
const multiHeadAttention: TorchExport = (_options, scope) => attention(scope, scope);

function attention(from: TorchScope, to: TorchScope): void {
  const [qkv, output] = [from.child("qkv"), from.child("output")];
  const { shape, data } = qkv.tensor("weight")!;
  to.put("in_proj_weight", shape.toReversed(), permuteAxes(data, shape, [1, 0]));
  const bias = qkv.tensor("bias");
  if (bias !== undefined) to.put("in_proj_bias", bias.shape, bias.data);
  const projection = output.tensor("weight")!;
  to.put(
    "out_proj.weight",
    projection.shape.toReversed(),
    permuteAxes(projection.data, projection.shape, [1, 0]),
  );
  const outputBias = output.tensor("bias");
  if (outputBias !== undefined) to.put("out_proj.bias", outputBias.shape, outputBias.data);
}

/** nn.TransformerEncoderLayer: self_attn, linear1, linear2, norm1, norm2 */
const transformerEncoder: TorchExport = (options, scope) => {
  attention(scope.child("attention"), scope.child("self_attn"));
  for (const [own, theirs] of [
    ["expand", "linear1"],
    ["contract", "linear2"],
  ] as const) {
    scope.transpose(`${own}.weight`, `${theirs}.weight`);
    scope.copy(`${own}.bias`, `${theirs}.bias`);
  }
  affine(options, scope.child("norm1"));
  affine(options, scope.child("norm2"));
};

const residual: TorchExport<typeof Residual> = ({ layers, shortcut }, scope) => {
  scope.layers("layers", layers);
  if (shortcut !== undefined) scope.layers("shortcut", shortcut);
};

const parallel: TorchExport<typeof Parallel> = ({ branches }, scope) => {
  for (const [k, layers] of branches.entries()) scope.layers(`branches.${k}`, layers);
};

const repeat: TorchExport<typeof Repeat> = ({ times, layers }, scope) => {
  for (let k = 0; k < times; k++) scope.layers(`${k}.layers`, layers);
};

/**
 * The function that exports the tensors of each layer to PyTorch, by type. A test checks that none is
 * missing.
 */
export const torchExports: Readonly<Record<string, TorchExport>> = {
  "average-pool2d": nothing,
  "batch-norm": batchNorm,
  conv2d,
  dense,
  dropout: nothing,
  dropout2d: nothing,
  elu: nothing,
  flatten: nothing,
  gelu: nothing,
  "global-average-pool1d": nothing,
  "global-average-pool2d": nothing,
  "group-norm": affine,
  gru,
  "hard-swish": nothing,
  "layer-norm": affine,
  "leaky-relu": nothing,
  lstm,
  "max-pool2d": nothing,
  mish: nothing,
  "multi-head-attention": multiHeadAttention,
  pad: nothing,
  parallel,
  "patch-embedding": patchEmbedding,
  permute: nothing,
  "position-embedding": affine,
  prelu,
  relu: nothing,
  repeat,
  reshape: nothing,
  residual,
  "rms-norm": affine,
  selu: nothing,
  sigmoid: nothing,
  silu: nothing,
  "simple-rnn": simpleRnn,
  softmax: nothing,
  softplus: nothing,
  tanh: nothing,
  "transformer-encoder": transformerEncoder,
};
