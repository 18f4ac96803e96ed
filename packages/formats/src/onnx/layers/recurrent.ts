import type { gru as Gru } from "@nn/layers/layers/gru";
import type { lstm as Lstm } from "@nn/layers/layers/lstm";
import type { simpleRnn as SimpleRnn } from "@nn/layers/layers/simple-rnn";
import type { StoredTensor } from "@nn/results";

import type { OnnxAttribute } from "../graph.ts";
import type { LayerExport, LayerScope, OnnxValue } from "../layer-export.ts";

/** RNN with tanh, the default of the operator. */
export const simpleRnn: LayerExport<typeof SimpleRnn> = (options, x, scope) =>
  recur("RNN", options, x, scope, { gates: [0] });

/**
 * This project's gates are i, f, g, o; the operator's gates are i, o, f, g. The forget bias is added to the
 * bias.
 */
export const lstm: LayerExport<typeof Lstm> = ({ forgetBias, ...options }, x, scope) =>
  recur("LSTM", options, x, scope, { gates: [0, 3, 1, 2], gateBias: [0, forgetBias, 0, 0] });

/**
 * This project's gates are r, z, n; the operator's gates are z, r, n. The bias of n that the reset gate
 * multiplies is a recurrent bias of the operator.
 */
export const gru: LayerExport<typeof Gru> = (options, x, scope) =>
  recur("GRU", options, x, scope, {
    gates: [1, 0, 2],
    ...(options.bias && { candidateBias: scope.tensor("candidateBias") }),
    attributes: { linear_before_reset: { int: 1 } },
  });

/** How the gates and biases of a layer map to those of the operator. */
interface Gates {
  /** The index of this project's gate for each gate of the operator. */
  readonly gates: readonly number[];
  /** A number that is added to the bias of each gate, in the order of this project. */
  readonly gateBias?: readonly number[];
  /** (U), the recurrent bias of the last gate. */
  readonly candidateBias?: StoredTensor;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/**
 * Adds a recurrent operator: x (N, T, D) → (N, U) or (N, T, U). The input of the operator is (T, N, D). The
 * first axis of its weights is the direction, of which there is one: W (1, G·U, D), R (1, G·U, U), B (1,
 * 2·G·U).
 */
function recur(
  operator: string,
  options: { readonly units: number; readonly bias: boolean; readonly returnSequences: boolean },
  x: OnnxValue,
  scope: LayerScope,
  { gates, gateBias, candidateBias, attributes }: Gates,
): OnnxValue {
  const { units: U, bias, returnSequences } = options;
  const [T, D] = x.shape;
  const width = gates.length * U;
  const inputs = [
    scope.transpose(x.name, [1, 0, 2]),
    scope.constant("weight", [1, width, D!], columnsOfGates(scope.tensor("weight"), gates, U)),
    scope.constant(
      "recurrentWeight",
      [1, width, U],
      columnsOfGates(scope.tensor("recurrentWeight"), gates, U),
    ),
  ];
  if (bias || gateBias?.some((each) => each !== 0) === true) {
    const b = new Float32Array(2 * width);
    const own = bias ? scope.tensor("bias").data : new Float32Array(width);
    for (const [g, gate] of gates.entries()) {
      for (let u = 0; u < U; u++) b[g * U + u] = own[gate * U + u]! + (gateBias?.[gate] ?? 0);
    }
    if (candidateBias !== undefined) b.set(candidateBias.data, 2 * width - U);
    inputs.push(scope.constant("bias", [1, 2 * width], b));
  }
  const [all, last] = scope.addSeveral(operator, inputs, { hidden_size: { int: U }, ...attributes }, 2);
  return returnSequences
    ? {
        name: scope.transpose(scope.add("Squeeze", [all!, scope.integers([1])]), [1, 0, 2]), // (T, 1, N, U)
        shape: [T!, U],
        channelsFirst: false,
      }
    : { name: scope.add("Squeeze", [last!, scope.integers([0])]), shape: [U], channelsFirst: false }; // (1, N, U)
}

/** Transposes a weight (rows, gates · U) to (gates · U, rows) and reorders its gates. */
function columnsOfGates({ shape, data }: StoredTensor, gates: readonly number[], U: number): Float32Array {
  const [rows, width] = [shape[0]!, shape[1]!];
  const transposed = new Float32Array(data.length);
  for (const [g, gate] of gates.entries()) {
    for (let u = 0; u < U; u++) {
      for (let row = 0; row < rows; row++) {
        transposed[(g * U + u) * rows + row] = data[row * width + gate * U + u]!;
      }
    }
  }
  return transposed;
}
