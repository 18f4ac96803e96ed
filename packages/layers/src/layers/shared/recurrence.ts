import type { Shape, Tensor } from "@nn/tensor";
import { Type, type Static } from "typebox";

import type { LayerContext, LayerPlan, ParameterSpec } from "../../definition.ts";
import { getSequenceShape } from "./sequence-shape.ts";
import { swapFirstAxes, SequenceBuffer } from "./sequence-buffer.ts";
import { recurrentWeightOptions, planWeight } from "./weight-options.ts";

/** The options that simple-rnn, lstm and gru share. */
export const recurrentOptions = {
  units: Type.Integer({
    minimum: 1,
    description: "Number of units, which is the size of the state.",
  }),
  returnSequences: Type.Boolean({
    default: false,
    description:
      "Whether the output is the state after every time step, (T, units), or only after the last one, (units).",
  }),
  bias: Type.Boolean({ default: true, description: "Whether each gate has a learned bias." }),
  ...recurrentWeightOptions,
};

const recurrentSchema = Type.Object(recurrentOptions);

/**
 * The buffers that a cell reads and writes, for U units and G gates. In each `SequenceBuffer`, time is the
 * outermost axis.
 */
export interface RecurrentBuffers {
  /** z[t] = x[t]·W + b (N, G·U), computed for all t before the first step. The cell may overwrite it. */
  readonly z: SequenceBuffer;
  /** ∂loss/∂z[t] (N, G·U). */
  readonly dz: SequenceBuffer;
  /** h[t] is the state before step t, h[t + 1] after it (N, U); h[0] = 0. */
  readonly h: SequenceBuffer;
  /** The weights from the state to the gates (U, G·U). */
  readonly recurrentWeight: Tensor;
}

/** One time step of a recurrent layer, forward and backward. */
export interface RecurrentCell {
  /** Reads z[t] and h[t], and writes h[t + 1]. `n` is the batch size. */
  forward(n: number, t: number): void;
  /**
   * Reads dh = ∂loss/∂h[t + 1] (N, U), writes dz[t], and overwrites dh with ∂loss/∂h[t]. It is called from
   * the last step to the first.
   */
  backward(n: number, t: number, dh: Tensor): void;
  /** ∂loss/∂(h[t]·U) (N, G·U). It is `dz` unless the cell transforms h[t]·U before it adds z[t]. */
  readonly recurrentGradient: SequenceBuffer;
}

/**
 * Plans a layer that reads a sequence step by step and carries a state: x (N, T, D), h (N, U) → y (N, U) or
 * (N, T, U). W (D, G·U), recurrentWeight (U, G·U), b (G·U), with the gates one after the other.
 *
 * x·W is one matrix product for all time steps; only h·U depends on the previous step. The backward pass runs
 * through all time steps, without truncation.
 */
export function planRecurrence(
  type: string,
  options: Static<typeof recurrentSchema>,
  inputShape: Shape,
  cell: {
    readonly gates: number;
    readonly parameters?: Readonly<Record<string, ParameterSpec>>;
    build(context: LayerContext, buffers: RecurrentBuffers, steps: number): RecurrentCell;
  },
): LayerPlan {
  const { units: U, returnSequences, bias } = options;
  const { recurrentInitializer, recurrentRegularizer, recurrentMaxNorm } = options;
  const { T, D } = getSequenceShape(type, inputShape);
  const width = cell.gates * U;
  // A gate sums over the input and the state, so the fan-in of both matrices is D + U.
  const initialization = { fanIn: D + U, fanOut: U };

  return {
    outputShape: returnSequences ? [T, U] : [U],
    multiplyAdds: T * (D + U) * width,
    // The gradient of the state, dz·Uᵀ, is needed even if dx = dz·Wᵀ is not.
    inputGradientMultiplyAdds: T * D * width,
    parameters: {
      weight: { shape: [D, width], initialization, ...planWeight(options) },
      recurrentWeight: {
        shape: [U, width],
        initialization,
        initializer: recurrentInitializer,
        regularizer: recurrentRegularizer,
        maxNorm: recurrentMaxNorm,
      },
      ...(bias && { bias: { shape: [width], initialization: "zeros" } }),
      ...cell.parameters,
    },

    build(context) {
      const { backend, batchSize, needsInputGradient } = context;
      const W = context.parameter("weight");
      const recurrentWeight = context.parameter("recurrentWeight");
      const b = bias ? context.parameter("bias") : undefined;
      const steps = (count: number, features: number) =>
        new SequenceBuffer(backend, count, batchSize, features);

      const x = steps(T, D);
      const z = steps(T, width);
      const dz = steps(T, width);
      const h = steps(T + 1, U);
      const dh = context.allocateBatch([U]);
      const dx = needsInputGradient ? steps(T, D) : undefined;
      const inputGradient = needsInputGradient ? context.allocateBatch([T, D]) : undefined;
      const output = context.allocateBatch(returnSequences ? [T, U] : [U]);
      // The rows of an image are mostly zero. The non-zeros are found once for both matrix products that read
      // x.
      const nonZeros = backend.createSparsityPattern(T * batchSize, D, width);
      const states = cell.build(context, { z, dz, h, recurrentWeight: recurrentWeight.value }, T);
      const epilogue = b === undefined ? {} : { bias: b.value };

      return {
        // z = x·W + b for all t, then h[t + 1] from z[t] and h[t]
        forward(input) {
          const n = input.shape[0]!;
          const all = x.first(n, T);
          swapFirstAxes(input.data, n, T, D, all.data);
          nonZeros.find(all);
          backend.gemm({ a: all, nonZeros, b: W.value, out: z.first(n, T), ...epilogue }); // (T·N, G·U)
          h.at(n, 0).data.fill(0);
          for (let t = 0; t < T; t++) states.forward(n, t);

          const y = output.rows(n);
          if (returnSequences) {
            for (let t = 0; t < T; t++) scatterStep(h.at(n, t + 1).data, t, T, U, y.data);
          } else {
            y.data.set(h.at(n, T).data);
          }
          return y; // (N, U) or (N, T, U)
        },

        backward(dy) {
          const n = dy.shape[0]!;
          const carried = dh.rows(n); // ∂loss/∂h[t + 1]: from the output at t and from the next step
          carried.data.fill(0);
          if (!returnSequences) carried.data.set(dy.data);
          for (let t = T - 1; t >= 0; t--) {
            if (returnSequences) addStep(dy.data, t, T, U, carried.data);
            states.backward(n, t, carried);
          }

          const all = dz.first(n, T); // (T·N, G·U)
          // dW = xᵀ·dz, and dU = hᵀ·dz with h before each step, summed over all steps.
          backend.gemm({
            a: x.first(n, T),
            transposeA: true,
            nonZeros,
            b: all,
            out: W.gradient,
            accumulate: true,
          });
          backend.gemm({
            a: h.first(n, T),
            transposeA: true,
            b: states.recurrentGradient.first(n, T),
            out: recurrentWeight.gradient,
            accumulate: true,
          });
          if (b !== undefined) backend.sumRows(all, b.gradient);
          if (dx === undefined || inputGradient === undefined) return dy;
          // dx = dz·Wᵀ
          backend.gemm({ a: all, b: W.value, transposeB: true, out: dx.first(n, T) });
          const gradient = inputGradient.rows(n);
          swapFirstAxes(dx.first(n, T).data, T, n, D, gradient.data);
          return gradient; // (N, T, D)
        },
      };
    },
  };
}

/** y[:, t] = h. h (N, U), y (N, T, U). */
function scatterStep(h: Tensor["data"], t: number, T: number, U: number, y: Tensor["data"]): void {
  for (let n = 0; n < h.length / U; n++) {
    for (let u = 0; u < U; u++) y[(n * T + t) * U + u] = h[n * U + u]!;
  }
}

/** dh += dy[:, t]. dy (N, T, U), dh (N, U). */
function addStep(dy: Tensor["data"], t: number, T: number, U: number, dh: Tensor["data"]): void {
  for (let n = 0; n < dh.length / U; n++) {
    for (let u = 0; u < U; u++) dh[n * U + u] = dh[n * U + u]! + dy[(n * T + t) * U + u]!;
  }
}
