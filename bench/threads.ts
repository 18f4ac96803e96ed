// Measures operations on one thread and on several, and the time to pass an operation to a thread.
// `MIN_THREAD_WORK` is based on these figures. Takes the best of many runs, because other programs only add
// time, and most of all to threads that wait for each other.
//
//   pnpm run bench:threads [THREADS [MS]]       2 threads, and 2500 ms per operation, unless told otherwise
import { spawnSync } from "node:child_process";

import { createWasmBackend } from "../packages/kernels/src/index.ts";
import { ensureKernelsCompiled, getNodeFlags } from "../packages/kernels/src/node/index.ts";
import { createRng, type Tensor } from "../packages/tensor/src/index.ts";
import { Measurements, printTable } from "./record/measurements.ts";

type Times = Record<string, number>;

if (process.argv[2] === "child") {
  process.stdout.write(JSON.stringify(await measure(Number(process.argv[3]), Number(process.argv[4]))));
} else {
  await ensureKernelsCompiled();
  const threads = Number(process.argv[2] ?? 2);
  const times = new Measurements();
  for (const count of [1, threads]) {
    const setting = count === 1 ? "1 thread" : `${count} threads`;
    for (const [name, time] of Object.entries(child(count))) times.add({ setting, name, unit: "µs" }, time);
  }
  const rows = times.record();
  const operations = [...new Set(rows.map(({ name }) => name))];
  printTable(
    ["microseconds, the best run", "1 thread", `${threads} threads`, "ratio"],
    operations.map((operation) => {
      const [one, several] = rows.filter(({ name }) => name === operation).map(({ median }) => median);
      return [operation, one!.toFixed(1), several!.toFixed(1), (one! / several!).toFixed(2)];
    }),
  );
}

function child(threads: number): Times {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...getNodeFlags(256), import.meta.filename, "child", `${threads}`, process.argv[3] ?? "2500"],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const times: Times = JSON.parse(stdout);
  return times;
}

/** Microseconds of each operation, every one of them shared out, however small. */
async function measure(threads: number, milliseconds: number): Promise<Times> {
  const backend = createWasmBackend();
  const pool = await backend.startThreads(threads, 0);
  const draw = (shape: readonly number[]): Tensor => {
    const tensor = backend.allocate(shape);
    const rng = createRng(1).fork(shape.join());
    for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = rng.uniform() - 0.5;
    return tensor;
  };
  const times: Times = {};
  const time = (name: string, work: () => void): void => {
    let best = Infinity;
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      const start = performance.now();
      work();
      best = Math.min(best, performance.now() - start);
    }
    times[name] = best * 1000;
  };

  const x = draw([100, 784]);
  const w = draw([784, 128]);
  const dw = draw([784, 128]);
  const y = draw([100, 128]);
  const w2 = draw([128, 10]);
  const z = draw([100, 10]);
  const rate = { learningRate: 0, momentum: 0, nesterov: false, weightDecay: 0 };
  time("y·W₂, (100, 128)·(128, 10), 0.1 million", () => backend.gemm({ a: y, b: w2, out: z }));
  time("x·W, (100, 784)·(784, 128), 10 million", () => backend.gemm({ a: x, b: w, out: y }));
  time("xᵀ·dy", () => backend.gemm({ a: x, transposeA: true, b: y, out: dw }));
  time("dy·Wᵀ", () => backend.gemm({ a: y, b: w, transposeB: true, out: x }));
  time("relu backward, 12,800", () => backend.activateBackward({ kind: "relu" }, y, y, y));
  time("tanh, 12,800", () => backend.activate({ kind: "tanh" }, y, y));
  time("dropout, 12,800", () => backend.dropout(y, 0.5, [1, 2], y));
  time("sgd, 100,352", () => backend.sgdStep({ value: w, gradient: dw, ...rate }));

  const [images, filters] = [draw([64, 28, 28, 32]), draw([3, 3, 32, 32])];
  const [out, dFilters] = [draw([64, 28, 28, 32]), draw([3, 3, 32, 32])];
  const window = {
    height: 28,
    width: 28,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 1,
    padLeft: 1,
    outputHeight: 28,
    outputWidth: 28,
  };
  const at = { window, groups: 1 };
  time("relu backward, 1,605,632", () => backend.activateBackward({ kind: "relu" }, out, out, out));
  time("convolution 3 × 3, 64 images of 28², 32 → 32", () =>
    backend.convolve({ ...at, x: images, weight: filters, out }),
  );
  time("its gradient by the input", () =>
    backend.convolveInputGradient({ ...at, dy: images, weight: filters, dx: out }),
  );
  time("its gradient by the weights", () =>
    backend.convolveWeightGradient({ ...at, x: images, dy: out, dw: dFilters }),
  );
  await pool.end();
  return times;
}
