import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";

import { operations, operationCases } from "../../test/operations/all-operations.ts";
import { drawTensor, expectSameBytes } from "../../test/same-bytes.ts";
import { createWasmBackend } from "../create.ts";
import { Engine } from "../engine.ts";
import { ThreadPool } from "./thread-pool.ts";

describe.each([2, 3])("on %i threads", async (count) => {
  const backend = createWasmBackend();
  // With `minWork` 0, every operation that can be split is split.
  const threads = await backend.startThreads(count, 0);
  afterAll(() => threads.end());

  describe.each(operations)("%s", (operation) => {
    test.each(Object.entries(operationCases[operation]))("%s: same bytes as the reference", (_name, work) => {
      fc.assert(
        fc.property(work, (each) => expectSameBytes(each, drawTensor, backend)),
        { numRuns: 30 },
      );
    });
  });
});

test("the number of threads can change between two operations, and no byte depends on it", async () => {
  const backend = createWasmBackend();
  const threads = backend.reserveThreads(3, 0);
  const early = fc.sample(Object.values(operationCases.gemm)[0]!, { numRuns: 20, seed: 1 });
  for (const each of early) expectSameBytes(each, drawTensor, backend);
  await threads.start();
  for (const [i, each] of early.entries()) {
    threads.use(1 + (i % 3));
    expectSameBytes(each, drawTensor, backend);
  }
  await threads.end();
});

test("an operation is split into worthwhile parts, with one thread per element", async () => {
  const engine = new Engine("wasm-simd128", 16);
  const threads = engine.reserveThreads(3, 100);
  await threads.start();
  threads.use(3);
  const rangesOf = (extent: number, grain: number, work: number): number[][] => {
    const ranges: number[][] = [];
    engine.run(engine.kernels.anyInfinite, { extent, grain, work }, (from, to, thread) => {
      ranges.push([from, to, thread]);
      return [0, 0];
    });
    return ranges;
  };
  expect(rangesOf(10, 4, 99)).toEqual([[0, 10, 0]]);
  expect(rangesOf(10, 4, 200)).toEqual([
    [0, 8, 0],
    [8, 10, 1],
  ]);
  expect(rangesOf(10, 4, 1e9)).toEqual([
    [0, 4, 0],
    [4, 8, 1],
    [8, 10, 2],
  ]);
  expect(rangesOf(4, 4, 1e9)).toEqual([[0, 4, 0]]);
  threads.use(2);
  expect(rangesOf(10, 4, 1e9)).toEqual([
    [0, 8, 0],
    [8, 10, 1],
  ]);
  threads.use(1);
  expect(rangesOf(10, 4, 1e9)).toEqual([[0, 10, 0]]);
  await threads.end();
});

test("kernels write temporary values to their thread's copy and never change static memory", () => {
  const { heapBase } = new Engine("wasm-simd128", 16).kernels;
  const backend = createWasmBackend();
  const { buffer } = backend.allocate([1]).data;
  const staticMemory = (): Buffer => Buffer.from(new Uint8Array(buffer, 0, heapBase()).slice());
  const compiled = staticMemory();
  for (const operation of operations) {
    for (const [name, work] of Object.entries(operationCases[operation])) {
      for (const each of fc.sample(work, { numRuns: 30, seed: 1 }))
        expectSameBytes(each, drawTensor, backend);
      expect(staticMemory().equals(compiled), `${operation}, ${name}`).toBe(true);
    }
  }
});

test("if a thread does not start, the error contains the reason and advice", async () => {
  const { memory, kernels } = new Engine("wasm-simd128", 16);
  const program = new URL("./no-such-program.ts", import.meta.url);
  const module = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  await expect(new ThreadPool(2, module, memory, kernels).start(program)).rejects.toThrow(
    /a thread did not start: .*no-such-program.*Try fewer threads/s,
  );
});
