// Times the kernels of one training step of 784-128-10, those of LeNet-5, and what their design rests on: widening on and off, lists of
// non-zeros against the dense product by share and by width. Run it before changing a number that it justifies.
//
//   pnpm run bench:kernels
import { spawnSync } from "node:child_process";

import { createWasmBackend, ensureKernels, workerFlags } from "../packages/kernels/src/index.ts";
import { createRng, type Backend, type Tensor, type Window } from "../packages/tensor/src/index.ts";

const N = 100;
const [D, U, C] = [784, 128, 10];

if (process.argv[2] === "child") {
  process.stdout.write(JSON.stringify(measure(createWasmBackend())));
} else {
  await ensureKernels();
  // In turn, three rounds; the best of each row, since a shared machine only ever adds time.
  const rounds = Array.from({ length: 3 }, () => [child(false), child(true)] as const);
  console.log(
    "microseconds, the best of 3 rounds".padEnd(52),
    "plain".padStart(8),
    "widened".padStart(8),
    "ratio".padStart(6),
  );
  for (const name of Object.keys(rounds[0]![0])) {
    const [plain, widened] = [0, 1].map((i) => Math.min(...rounds.map((round) => round[i]![name]!)));
    console.log(
      name.padEnd(52),
      plain!.toFixed(1).padStart(8),
      widened!.toFixed(1).padStart(8),
      (plain! / widened!).toFixed(2).padStart(6),
    );
  }
}

type Times = Record<string, number>;

function child(widened: boolean): Times {
  const flags = workerFlags(widened);
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
    for (let i = 0; i < 20; i++) work();
    let best = Infinity;
    for (let run = 0; run < 7; run++) {
      const start = performance.now();
      for (let i = 0; i < 20; i++) work();
      best = Math.min(best, (performance.now() - start) / 20);
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

  // The convolutions of LeNet-5 and what stands around them, batches of 64.
  for (const { name, work } of lenet(backend)) time(name, work);

  // What WORTH_LISTING decides: x·W and xᵀ·dy with lists, finding the non-zeros included.
  for (const share of [0.1, 0.19, 0.33]) {
    time(`both products of layer 1 with lists, ${share} non-zeros`, bothProducts(backend, share, U, true));
  }
  time("both products of layer 1, dense", bothProducts(backend, 0.19, U, false));
  // What WORTH_LISTING_FROM decides.
  for (const width of [16, 32, 64]) {
    for (const listed of [true, false]) {
      const name = `both products, ${width} columns, ${listed ? "with lists" : "dense"}`;
      time(name, bothProducts(backend, 0.19, width, listed));
    }
  }
  return times;
}

/** Batch norm, forward and backward, on the images of a convolution: how near it comes to the speed of memory. */
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
  const gradient = { slope: variance, offset: sum, pull: projection };
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

/** Each operation of the first half of LeNet-5, forward and backward. */
function lenet(backend: Backend): { name: string; work: () => void }[] {
  const batch = 64;
  const layer = (extent: number, channels: number, filters: number, padding: number) => {
    const outputs = extent + 2 * padding - 4;
    const window: Window = {
      height: extent,
      width: extent,
      kernelHeight: 5,
      kernelWidth: 5,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: padding,
      padLeft: padding,
      outputHeight: outputs,
      outputWidth: outputs,
    };
    const x = uniform(backend, [batch, extent, extent, channels]);
    const weight = uniform(backend, [5, 5, channels, filters]);
    const bias = uniform(backend, [filters]);
    const out = uniform(backend, [batch, outputs, outputs, filters]);
    const dx = backend.allocate(x.shape);
    const dw = backend.allocate(weight.shape);
    const pooled = backend.allocate([batch, outputs / 2, outputs / 2, filters]);
    const places = backend.allocateIntegers(pooled.data.length);
    const [top, bottom] = [0, 2].map((shift) => {
      const spans = backend.allocateIntegers(outputs / 2);
      spans.set(spans.map((_, i) => 2 * i + shift));
      return spans;
    });
    const title = (what: string) => `${what}, ${channels} → ${filters}, ${extent}×${extent}`;
    const seen = { top: top!, bottom: bottom!, left: top!, right: bottom! };
    return [
      {
        name: title("convolution 5×5, relu"),
        work: () =>
          backend.convolve({ window, groups: 1, x, weight, bias, activation: { kind: "relu" }, out }),
      },
      {
        name: title("its gradient by the input"),
        work: () => backend.convolveInputGradient({ window, groups: 1, dy: out, weight, dx }),
      },
      {
        name: title("its gradient by the weights"),
        work: () => backend.convolveWeightGradient({ window, groups: 1, x, dy: out, dw }),
      },
      {
        name: title("max-pool 2×2 behind it"),
        work: () => backend.maxPool({ x: out, ...seen, out: pooled, places }),
      },
      {
        name: title("max-pool backward"),
        work: () => backend.maxPoolBackward({ dy: pooled, places, dx: out }),
      },
    ];
  };
  return [...layer(28, 1, 6, 2), ...layer(14, 6, 16, 0)];
}

function bothProducts(backend: Backend, share: number, width: number, listed: boolean): () => void {
  const x = images(backend, share);
  const w = uniform(backend, [D, width]);
  const dw = backend.allocate([D, width]);
  const y = backend.allocate([N, width]);
  // Asked for as if the product were wide, to see lists where the backend would not make them.
  const nonZeros = backend.createNonZeros(N, D, 1024);
  const found = listed ? { nonZeros } : {};
  return () => {
    if (listed) nonZeros.find(x);
    backend.gemm({ a: x, b: w, out: y, ...found });
    backend.gemm({ a: x, transposeA: true, b: y, out: dw, ...found });
  };
}

/** A batch whose non-zeros come in runs, as pen strokes do. */
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

function uniform(backend: Backend, shape: readonly number[]): Tensor {
  const tensor = backend.allocate(shape);
  const rng = createRng(2).fork(shape.join());
  for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = rng.uniform() - 0.5;
  return tensor;
}
