// Times the kernels of one training step of 784-128-10, the convolutions of LeNet-5 and of the CNN, and the
// measurements behind their design: 128-bit and 256-bit vectors, and sparse and dense products by the share
// of non-zeros and by width. Run it before you change a constant that refers to it.
//
//   pnpm run bench:kernels [ROUNDS]                               three rounds unless told otherwise
import { spawnSync } from "node:child_process";

import { createWasmBackend } from "../packages/kernels/src/index.ts";
import { ensureKernelsCompiled, getNodeFlags } from "../packages/kernels/src/node/index.ts";
import { createRng, type Backend, type Tensor } from "../packages/tensor/src/index.ts";
import { timeConvolutions } from "./convolution-kernels.ts";
import { Measurements, printTable } from "./record/measurements.ts";

const N = 100;
const [D, U, C] = [784, 128, 10];
const rounds = Number(process.argv[2] ?? 3);

if (process.argv[2] === "child") {
  process.stdout.write(JSON.stringify(measure(createWasmBackend())));
} else {
  await ensureKernelsCompiled();
  // In turn, three rounds; the best of each row, since a shared machine only ever adds time.
  const times = new Measurements();
  for (let round = 1; round <= rounds; round++) {
    for (const bits of [128, 256] as const) {
      for (const [name, time] of Object.entries(child(bits)))
        times.add({ setting: `${bits} bit`, name, unit: "µs" }, time);
    }
  }
  const rows = times.record();
  const kernels = [...new Set(rows.map(({ name }) => name))];
  printTable(
    [`microseconds, the best of ${rounds} rounds`, "128 bit", "256 bit", "ratio"],
    kernels.map((kernel) => {
      const [plain, wide] = rows.filter(({ name }) => name === kernel).map(({ min }) => min);
      return [kernel, plain!.toFixed(1), wide!.toFixed(1), (plain! / wide!).toFixed(2)];
    }),
  );
}

type Times = Record<string, number>;

function child(bits: 128 | 256): Times {
  const flags = getNodeFlags(bits);
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, import.meta.filename, "child"], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const times: Times = JSON.parse(stdout);
  return times;
}

/** Microseconds of each kernel. */
function measure(backend: Backend): Times {
  const times: Times = {};
  const x = images(backend, 0.19);
  const w = uniform(backend, [D, U]);
  const dw = backend.allocate([D, U]);
  const velocity = backend.allocate([D, U]);
  const second = backend.allocate([D, U]);
  const y = backend.allocate([N, U]);
  const bias = backend.allocate([U]);
  const w2 = uniform(backend, [U, C]);
  const dw2 = backend.allocate([U, C]);
  const z = backend.allocate([N, C]);
  const dz = backend.allocate([N, C]);
  const labels = backend.allocateIntegers(N);
  const bytes = backend.allocateBytes(10_000 * D);
  const indices = backend.allocateIntegers(N);
  const adamScalars = {
    learningRate: 0,
    stepSize: 0,
    correction: 1,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    decoupled: false,
  };
  const rate = { learningRate: 0, momentum: 0.9, nesterov: false, weightDecay: 0 };

  const time = (name: string, work: () => void) => {
    const cold = performance.now();
    work();
    // Twenty repetitions, but fewer for kernels that take milliseconds, for which the clock is precise
    // enough.
    const repeats = Math.max(1, Math.min(20, Math.round(20 / (performance.now() - cold))));
    for (let i = 0; i < repeats; i++) work();
    let best = Infinity;
    for (let run = 0; run < 7; run++) {
      const start = performance.now();
      for (let i = 0; i < repeats; i++) work();
      best = Math.min(best, (performance.now() - start) / repeats);
    }
    times[name] = best * 1000;
  };

  time("gather 100 images from bytes", () => backend.gather(bytes, D, indices, 1 / 255, x));
  x.data.set(images(backend, 0.19).data);
  time("x·W, (100, 784)·(784, 128), dense", () =>
    backend.gemm({ a: x, b: w, bias, activation: { kind: "relu" }, out: y }),
  );
  time("xᵀ·dy, (784, 100)·(100, 128), dense", () =>
    backend.gemm({ a: x, transposeA: true, b: y, out: dw, accumulate: true }),
  );
  time("y·W₂, (100, 128)·(128, 10)", () => backend.gemm({ a: y, b: w2, out: z }));
  time("dz·W₂ᵀ, (100, 10)·(10, 128)", () => backend.gemm({ a: dz, b: w2, transposeB: true, out: y }));
  time("yᵀ·dz, (128, 100)·(100, 10)", () =>
    backend.gemm({ a: y, transposeA: true, b: dz, out: dw2, accumulate: true }),
  );
  time("relu backward, 12,800", () => backend.activateBackward({ kind: "relu" }, y, y, y));
  time("tanh, 12,800", () => backend.activate({ kind: "tanh" }, y, y));
  const standard = normal(backend, [N, U]);
  const gradient = backend.allocate([N, U]);
  time("gelu, 12,800", () => backend.applyElementwise({ kind: "gelu" }, standard, y));
  time("gelu backward, 12,800", () =>
    backend.applyElementwiseBackward({ kind: "gelu" }, standard, y, gradient),
  );
  time("dropout, 12,800", () => backend.dropout(y, 0.5, [1, 2], y));
  time("softmax and cross-entropy, (100, 10)", () => backend.softmaxCrossEntropy(z, labels, dz));
  time("sgd with momentum, 100,352", () => backend.sgdStep({ value: w, gradient: dw, velocity, ...rate }));
  time("adam, 100,352", () =>
    backend.adamStep({
      value: w,
      gradient: dw,
      firstMoment: velocity,
      secondMoment: second,
      ...adamScalars,
    }),
  );

  timeNormalization(backend, time);
  timeRowNormalization(backend, time);

  // The basis of MIN_SPARSE_COLUMNS: x·W and xᵀ·dy with sparse lists, including the search for non-zeros.
  for (const share of [0.1, 0.19, 0.33]) {
    time(`both products of layer 1, sparse, ${share} non-zeros`, bothProducts(backend, share, U, true));
  }
  time("both products of layer 1, dense", bothProducts(backend, 0.19, U, false));
  // What MIN_SPARSE_COLUMNS decides.
  for (const width of [16, 32, 64]) {
    for (const listed of [true, false]) {
      const name = `both products, ${width} columns, ${listed ? "sparse" : "dense"}`;
      time(name, bothProducts(backend, 0.19, width, listed));
    }
  }
  timeConvolutions(backend, uniform, time);
  return times;
}

/**
 * Batch norm, forward and backward, on the images of a convolution: compared with the bandwidth of memory.
 */
function timeNormalization(backend: Backend, time: (name: string, work: () => void) => void): void {
  const images = [64, 14, 14, 64];
  const x = uniform(backend, images);
  const dy = uniform(backend, images);
  const y = backend.allocate(images);
  const perChannel = (): Tensor => uniform(backend, [1, 64]);
  const mean = perChannel();
  const variance = perChannel();
  const shift = perChannel();
  const sum = perChannel();
  const projection = perChannel();
  const gradient = { slope: variance, offset: sum, inputSlope: projection };
  const activation = { kind: "relu" } as const;
  time("mean and variance of 64 channels, 802,816", () => backend.channelMoments({ x, mean, variance }));
  time("normalized with relu, 802,816", () =>
    backend.normalizeChannels({ x, mean, scale: variance, shift, activation, out: y }),
  );
  time("sums of its gradient, 802,816", () => backend.channelGradientSums({ x, dy, mean, sum, projection }));
  time("its input gradient, 802,816", () =>
    backend.channelInputGradient({ x, dy, mean, ...gradient, out: y }),
  );
}

/** Layer norm, forward and backward, on the tokens of a transformer. */
function timeRowNormalization(backend: Backend, time: (name: string, work: () => void) => void): void {
  const [R, tokenSize] = [64 * 49, 64];
  const x = uniform(backend, [R, tokenSize]);
  const dy = uniform(backend, [R, tokenSize]);
  const y = backend.allocate([R, tokenSize]);
  const weight = uniform(backend, [tokenSize]);
  const bias = uniform(backend, [tokenSize]);
  const moments = { mean: backend.allocate([R]), scale: backend.allocate([R]) };
  const gradients = {
    weightGradient: backend.allocate([tokenSize]),
    biasGradient: backend.allocate([tokenSize]),
  };
  time("layer norm, (3136, 64)", () =>
    backend.normalizeRows({ x, weight, bias, epsilon: 1e-5, ...moments, out: y }),
  );
  time("its gradients, (3136, 64)", () =>
    backend.normalizeRowsBackward({ x, dy, weight, ...moments, ...gradients, out: y }),
  );
}

function bothProducts(backend: Backend, share: number, width: number, listed: boolean): () => void {
  const x = images(backend, share);
  const w = uniform(backend, [D, width]);
  const dw = backend.allocate([D, width]);
  const y = backend.allocate([N, width]);
  // Requests the lists as if the product were wide, so that narrow products use them, too.
  const nonZeros = backend.createSparsityPattern(N, D, 1024);
  const found = listed ? { nonZeros } : {};
  return () => {
    if (listed) nonZeros.find(x);
    backend.gemm({ a: x, b: w, out: y, ...found });
    backend.gemm({ a: x, transposeA: true, b: y, out: dw, ...found });
  };
}

/** A batch whose non-zeros are adjacent, like those of pen strokes. */
function images(backend: Backend, share: number): Tensor {
  const x = backend.allocate([N, D]);
  const rng = createRng(1).fork("images");
  for (let n = 0; n < N; n++) {
    for (let run = 0; run < (share * D) / 7; run++) {
      const start = n * D + rng.integer(D - 7);
      for (let i = 0; i < 7; i++) x.data[start + i] = 0.1 + rng.uniform();
    }
  }
  return x;
}

/** A tensor of numbers from the standard normal distribution. */
function normal(backend: Backend, shape: readonly number[]): Tensor {
  const tensor = backend.allocate(shape);
  const rng = createRng(3).fork(shape.join());
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = rng.normal();
  return tensor;
}

function uniform(backend: Backend, shape: readonly number[]): Tensor {
  const tensor = backend.allocate(shape);
  const rng = createRng(2).fork(shape.join());
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = rng.uniform() - 0.5;
  return tensor;
}
