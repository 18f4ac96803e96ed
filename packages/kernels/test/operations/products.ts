import fc from "fast-check";

import { anyActivation, axisSize, seed, type OperationCase, type OperationCases } from "../same-bytes.ts";

const factors = {
  M: axisSize,
  K: axisSize,
  N: axisSize,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  seed,
};

const product = fc
  .record({ ...factors, withBias: fc.boolean(), activation: anyActivation })
  .map(
    ({ M, K, N, transposeA, transposeB, withBias, activation, seed: s }): OperationCase =>
      (backend, draw) => {
        const a = draw(transposeA ? [K, M] : [M, K], s);
        const b = draw(transposeB ? [N, K] : [K, N], s + 1);
        const out = backend.allocate([M, N]);
        const bias = withBias ? { bias: draw([N], s + 2) } : {};
        backend.gemm({ a, transposeA, b, transposeB, out, ...bias, ...(activation ? { activation } : {}) });
        return [out];
      },
  );

const accumulated = fc
  .record(factors)
  .map(({ M, K, N, transposeA, transposeB, seed: s }): OperationCase => (backend, draw) => {
    const a = draw(transposeA ? [K, M] : [M, K], s);
    const b = draw(transposeB ? [N, K] : [K, N], s + 1);
    const out = draw([M, N], s + 2, 0);
    backend.gemm({ a, transposeA, b, transposeB, out, accumulate: true });
    return [out];
  });

const zeros = fc.constantFrom(0, 0.5, 0.6, 0.7, 0.8, 0.95, 1);

/** The three products of a layer whose input is mostly zero: y = x·W, dW += xᵀ·dy, dW = xᵀ·dy. */
const sparse = fc
  .record({ N: axisSize, K: axisSize, D: axisSize, zeros, activation: anyActivation, seed })
  .map(({ N, K, D, zeros: share, activation, seed: s }): OperationCase => (backend, draw) => {
    const x = draw([N, K], s, share);
    const nonZeros = backend.createSparsityPattern(N, K, 64);
    nonZeros.find(x);
    const w = draw([K, D], s + 1);
    const y = backend.allocate([N, D]);
    const dw = draw([K, D], s + 2, 0);
    const fresh = backend.allocate([K, D]);
    const bias = draw([D], s + 3);
    backend.gemm({ a: x, b: w, bias, out: y, nonZeros, ...(activation ? { activation } : {}) });
    backend.gemm({ a: x, transposeA: true, b: y, out: dw, accumulate: true, nonZeros });
    backend.gemm({ a: x, transposeA: true, b: y, out: fresh, nonZeros });
    return [y, dw, fresh];
  });

const columnSums = fc
  .record({ N: axisSize, D: axisSize, seed })
  .map(({ N, D, seed: s }): OperationCase => (backend, draw) => {
    const out = draw([D], s);
    backend.sumRows(draw([N, D], s + 1), out);
    return [out];
  });

/**
 * Blocks that lie side by side in rows, like the heads of attention. The rows of `out` have gaps that must
 * not change.
 */
const inBlocks = fc
  .record({ ...factors, outer: fc.integer({ min: 1, max: 3 }), inner: fc.integer({ min: 1, max: 3 }) })
  .map(({ outer, inner, M, K, N, transposeA, transposeB, seed: s }): OperationCase => (backend, draw) => {
    const blocks = (rows: number, columns: number, gap: number, rngSeed: number) => {
      const rowStep = inner * columns + gap;
      const tensor = draw([outer, rows, rowStep], rngSeed);
      return { tensor, offset: gap, outerStep: rows * rowStep, innerStep: columns, rowStep };
    };
    const a = transposeA ? blocks(K, M, 0, s) : blocks(M, K, 0, s);
    const b = transposeB ? blocks(N, K, 2, s + 1) : blocks(K, N, 2, s + 1);
    const out = blocks(M, N, 1, s + 2);
    backend.gemmBlocks({ outer, inner, M, N, K, a, transposeA, b, transposeB, out });
    return [out.tensor];
  });

export const products = {
  gemm: {
    "all four transposes, with bias and activation": product,
    "accumulated onto out": accumulated,
    "sparse products, whatever the share of zeros": sparse,
  },
  gemmBlocks: { "all four transposes, blocks side by side": inBlocks },
  sumRows: { "column sums": columnSums },
} satisfies OperationCases;
