import fc from "fast-check";
import { expect, test } from "vitest";

import { anyActivation, draw, extent, sameBytes, seed, wasm } from "../test/same-bytes.ts";

test("A·B in all four transposes, with bias and activation", () => {
  fc.assert(
    fc.property(
      extent,
      extent,
      extent,
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      anyActivation,
      seed,
      (M, K, N, transposeA, transposeB, withBias, activation, s) => {
        sameBytes((backend) => {
          const a = draw(backend, transposeA ? [K, M] : [M, K], s);
          const b = draw(backend, transposeB ? [N, K] : [K, N], s + 1);
          const out = backend.allocate([M, N]);
          backend.gemm({
            a,
            transposeA,
            b,
            transposeB,
            out,
            ...(withBias ? { bias: draw(backend, [N], s + 2) } : {}),
            ...(activation ? { activation } : {}),
          });
          return [out];
        });
      },
    ),
  );
});

test("accumulate goes on from what out holds", () => {
  fc.assert(
    fc.property(
      extent,
      extent,
      extent,
      fc.boolean(),
      fc.boolean(),
      seed,
      (M, K, N, transposeA, transposeB, s) => {
        sameBytes((backend) => {
          const a = draw(backend, transposeA ? [K, M] : [M, K], s);
          const b = draw(backend, transposeB ? [N, K] : [K, N], s + 1);
          const out = draw(backend, [M, N], s + 2, 0);
          backend.gemm({ a, transposeA, b, transposeB, out, accumulate: true });
          return [out];
        });
      },
    ),
  );
});

test("lists of non-zeros give the bytes of the dense product, whatever the share of zeros", () => {
  const share = fc.constantFrom(0, 0.5, 0.6, 0.7, 0.8, 0.95, 1);
  fc.assert(
    fc.property(extent, extent, extent, share, anyActivation, seed, (N, K, D, zeros, activation, s) => {
      sameBytes((backend) => {
        const x = draw(backend, [N, K], s, zeros);
        const nonZeros = backend.createNonZeros(N, K, 64);
        nonZeros.find(x);
        const w = draw(backend, [K, D], s + 1);
        const y = backend.allocate([N, D]);
        const dw = draw(backend, [K, D], s + 2, 0);
        const fresh = backend.allocate([K, D]);
        backend.gemm({
          a: x,
          b: w,
          bias: draw(backend, [D], s + 3),
          out: y,
          nonZeros,
          ...(activation ? { activation } : {}),
        });
        backend.gemm({ a: x, transposeA: true, b: y, out: dw, accumulate: true, nonZeros });
        backend.gemm({ a: x, transposeA: true, b: y, out: fresh, nonZeros });
        return [y, dw, fresh];
      });
    }),
  );
});

test("a smaller batch after a larger one finds its own non-zeros", () => {
  sameBytes((backend) => {
    const x = draw(backend, [10, 20], 1, 0.9);
    const nonZeros = backend.createNonZeros(10, 20, 64);
    nonZeros.find(x);
    const first = { shape: [3, 20], data: x.data.subarray(0, 60) };
    nonZeros.find(first);
    const out = backend.allocate([20, 5]);
    backend.gemm({ a: first, transposeA: true, b: draw(backend, [3, 5], 2), out, nonZeros });
    return [out];
  });
});

test("an infinite weight under a zero input is NaN, with lists as without", () => {
  sameBytes((backend) => {
    const x = backend.allocate([2, 40]);
    x.data[7] = 1;
    const nonZeros = backend.createNonZeros(2, 40, 64);
    nonZeros.find(x);
    const w = draw(backend, [40, 3], 1);
    w.data[3 * 20 + 1] = Infinity;
    const out = backend.allocate([2, 3]);
    backend.gemm({ a: x, b: w, out, nonZeros });
    return [Array.from(out.data, Number.isNaN).indexOf(true), out.data[0]!, out.data[2]!];
  });
});

test("NaN in a mostly zero input reaches the output", () => {
  const release = wasm.mark();
  const x = wasm.allocate([2, 40]);
  x.data[7] = NaN;
  const nonZeros = wasm.createNonZeros(2, 40, 64);
  nonZeros.find(x);
  const out = wasm.allocate([2, 3]);
  wasm.gemm({ a: x, b: draw(wasm, [40, 3], 1), out, nonZeros });
  expect([...out.data.subarray(0, 3)]).toEqual([NaN, NaN, NaN]);
  release();
});

test("column sums", () => {
  fc.assert(
    fc.property(extent, extent, seed, (N, D, s) => {
      sameBytes((backend) => {
        const out = draw(backend, [D], s);
        backend.sumRows(draw(backend, [N, D], s + 1), out);
        return [out];
      });
    }),
  );
});
