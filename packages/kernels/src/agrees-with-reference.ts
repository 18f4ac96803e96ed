import { createReferenceBackend, createRng, type Backend, type Tensor } from "@nn/tensor";

/**
 * Runs the kernel self-test: returns whether operations on `backend` have the same bytes as on the reference
 * backend. The test is necessary because 256-bit instructions are an experimental feature of V8. Its sizes
 * cover all kinds of loops in the kernels: full tiles, edges, sparse products, remainders.
 */
export function agreesWithReference(backend: Backend): boolean {
  const expected = run(createReferenceBackend("float32"));
  return run(backend).every((bytes, i) => bytes.every((byte, at) => byte === expected[i]![at]));
}

function run(backend: Backend): Uint8Array[] {
  const rng = createRng(20).fork("self-test");
  const draw = (name: string, shape: readonly number[], zeros = 0): Tensor => {
    const tensor = backend.allocate(shape);
    const stream = rng.fork(name);
    for (let i = 0; i < tensor.data.length; i++) {
      tensor.data[i] = stream.uniform() < zeros ? 0 : stream.uniform() - 0.5;
    }
    return tensor;
  };
  const [M, K, N] = [9, 33, 85];
  const x = draw("x", [M, K]);
  const mostlyZero = draw("mostly zero", [M, K], 0.8);
  const w = draw("w", [K, N]);
  const bias = draw("bias", [N]);
  const y = backend.allocate([M, N]);
  const sparseY = backend.allocate([M, N]);
  const dw = draw("dw", [K, N]);
  const sparseDw = draw("sparse dw", [K, N]);
  const dx = backend.allocate([M, K]);
  const velocity = draw("velocity", [K, N]);
  const moments = [draw("first moment", [K, N]), backend.allocate([K, N])] as const;
  const probabilities = backend.allocate([M, N]);
  const channels = {
    mean: backend.allocate([1, N]),
    variance: backend.allocate([1, N]),
    sum: backend.allocate([1, N]),
    projection: backend.allocate([1, N]),
  };
  const normal = backend.allocate([M, N]);
  const nonZeros = backend.createSparsityPattern(M, K, N);
  nonZeros.find(mostlyZero);

  backend.gemm({ a: x, b: w, bias, activation: { kind: "relu" }, out: y });
  backend.gemm({ a: mostlyZero, b: w, bias, activation: { kind: "tanh" }, nonZeros, out: sparseY });
  backend.gemm({ a: x, transposeA: true, b: y, out: dw, accumulate: true });
  backend.gemm({ a: mostlyZero, transposeA: true, b: y, nonZeros, out: sparseDw, accumulate: true });
  backend.gemm({ a: y, b: w, transposeB: true, out: dx });
  backend.activateBackward({ kind: "sigmoid" }, sparseY, y, y);
  backend.sumRows(y, bias);
  const { mean, variance, sum, projection } = channels;
  backend.channelMoments({ x: y, mean, variance });
  backend.normalizeChannels({ x: y, mean, scale: variance, shift: bias, out: normal });
  backend.channelGradientSums({ x: y, dy: normal, mean, sum, projection });
  const rowNormal = backend.allocate([M, N]);
  const rowScale = backend.allocate([M]);
  const rowMean = backend.allocate([M]);
  const ofRows = { x: y, weight: mean, mean: rowMean, scale: rowScale };
  backend.normalizeRows({ ...ofRows, bias, epsilon: 1e-5, out: rowNormal });
  backend.normalizeRowsBackward({ ...ofRows, dy: normal, weightGradient: bias, out: rowNormal });
  const factors = { slope: variance, offset: sum, inputSlope: projection };
  backend.channelInputGradient({ x: y, dy: normal, mean, ...factors, out: normal });
  backend.dropout(sparseY, 0.5, rng.fork("dropout").key, sparseY);
  const images = draw("images", [2, 5, 7, 1]);
  const keys = backend.allocateIntegers(4);
  const displacements = backend.allocate([5, 2, 2 * 7]);
  backend.drawUniforms(keys, displacements);
  backend.resample({ x: images, maps: draw("maps", [2, 6]), displacements, strength: 3, black: 0 });
  const [radii, directions] = [draw("radii", [4096]), draw("directions", [4096, 2])];
  backend.addNoise({ x: images, keys, radii, directions, low: -0.6, high: 0.6 });
  const bent = draw("bent", [M, N]);
  backend.applyElementwise({ kind: "gelu" }, bent, bent);
  backend.applyElementwiseBackward({ kind: "silu" }, bent, y, bent);
  const shares = draw("shares", [M, N]);
  backend.softmax({ x: shares, columns: N, scale: 2, out: shares });
  backend.softmaxBackward({ y: shares, dy: bent, columns: N, scale: 2, out: bent });
  const labels = backend.allocateIntegers(M);
  backend.softmaxCrossEntropy(y, labels, probabilities);
  backend.adamStep({
    value: w,
    gradient: sparseDw,
    firstMoment: moments[0],
    secondMoment: moments[1],
    learningRate: 0.01,
    stepSize: 0.02,
    correction: 0.5,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
    decoupled: true,
  });
  backend.sgdStep({
    value: w,
    gradient: dw,
    velocity,
    learningRate: 0.1,
    momentum: 0.9,
    nesterov: true,
    weightDecay: 0.001,
  });
  const tiles = convolveInTiles(backend, draw);
  return [
    images,
    y,
    sparseY,
    dx,
    bias,
    w,
    velocity,
    ...moments,
    probabilities,
    bent,
    shares,
    normal,
    rowNormal,
    rowScale,
    ...Object.values(channels),
    ...tiles,
  ].map(({ data }) => Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}

/** Computes a convolution with Winograd's tiles, and its gradients. */
function convolveInTiles(
  backend: Backend,
  draw: (name: string, shape: readonly number[]) => Tensor,
): Tensor[] {
  const [C, F] = [17, 24];
  const window = {
    height: 5,
    width: 4,
    kernelHeight: 3,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 1,
    padLeft: 1,
    outputHeight: 5,
    outputWidth: 4,
  };
  const place = { window, groups: 1 };
  const x = draw("pixels", [2, 5, 4, C]);
  const weight = draw("weights", [3, 3, C, F]);
  const out = backend.allocate([2, 5, 4, F]);
  const dx = backend.allocate([2, 5, 4, C]);
  const dw = backend.allocate([3, 3, C, F]);
  const activation = { kind: "relu" } as const;
  backend.convolve({ ...place, x, weight, bias: draw("offsets", [F]), activation, out });
  backend.convolveInputGradient({ ...place, dy: out, weight, dx });
  backend.convolveWeightGradient({ ...place, x, dy: out, dw });
  return [out, dx, dw];
}
