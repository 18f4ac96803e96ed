import { readFileSync } from "node:fs";

/** What assembly/index.ts exports. Addresses and lengths are whole numbers; see the assembly for their meaning. */
export interface Kernels {
  heapBase(): number;
  activate(kind: number, slope: number, x: number, out: number, length: number): void;
  activateBackward(kind: number, slope: number, y: number, dy: number, out: number, length: number): void;
  adamStep(
    value: number,
    gradient: number,
    firstMoment: number,
    secondMoment: number,
    length: number,
    stepSize: number,
    correction: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    epsilon: number,
    decay: number,
    decoupled: number,
  ): void;
  addNoise(
    x: number,
    images: number,
    length: number,
    keys: number,
    radii: number,
    directions: number,
    low: number,
    high: number,
  ): void;
  allFinite(x: number, length: number): number;
  bend(curve: number, first: number, second: number, x: number, out: number, length: number): void;
  bendBackward(
    curve: number,
    first: number,
    second: number,
    x: number,
    dy: number,
    out: number,
    length: number,
  ): void;
  channelGradientSums(
    x: number,
    dy: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    sum: number,
    projection: number,
    partials: number,
  ): void;
  channelInputGradient(
    x: number,
    dy: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    slope: number,
    offset: number,
    pull: number,
    out: number,
  ): void;
  channelMoments(
    x: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    variance: number,
    partials: number,
  ): void;
  convolve(
    geometry: number,
    x: number,
    weight: number,
    bias: number,
    activation: number,
    slope: number,
    out: number,
  ): void;
  convolveAcross(
    across: number,
    x: number,
    weight: number,
    turned: number,
    bias: number,
    activation: number,
    slope: number,
    out: number,
  ): void;
  convolveInputGradient(geometry: number, dy: number, weight: number, dx: number): void;
  convolveWeightGradient(geometry: number, x: number, dy: number, dw: number): void;
  countCorrect(outputs: number, labels: number, rows: number, classes: number): number;
  dropout(
    x: number,
    length: number,
    key0: number,
    key1: number,
    threshold: number,
    scale: number,
    out: number,
  ): void;
  drawUniforms(keys: number, rows: number, images: number, length: number, out: number): void;
  gather(source: number, length: number, indices: number, count: number, scale: number, out: number): void;
  gemm(
    M: number,
    N: number,
    K: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    transposeB: number,
    c: number,
    cRow: number,
    accumulate: number,
    bias: number,
    activation: number,
    slope: number,
    panel: number,
  ): void;
  gemmBlocks(
    outer: number,
    inner: number,
    M: number,
    N: number,
    K: number,
    a: number,
    aOuter: number,
    aInner: number,
    aRow: number,
    aColumn: number,
    b: number,
    bOuter: number,
    bInner: number,
    bRow: number,
    transposeB: number,
    c: number,
    cOuter: number,
    cInner: number,
    cRow: number,
    panel: number,
  ): void;
  listNonZeros(
    x: number,
    rows: number,
    columns: number,
    limit: number,
    starts: number,
    indices: number,
    values: number,
  ): number;
  maxPool(
    x: number,
    images: number,
    height: number,
    width: number,
    channels: number,
    outputHeight: number,
    outputWidth: number,
    top: number,
    bottom: number,
    left: number,
    right: number,
    out: number,
    places: number,
  ): void;
  maxPoolBackward(
    dy: number,
    places: number,
    images: number,
    outputs: number,
    dx: number,
    pixels: number,
  ): void;
  resample(
    images: number,
    count: number,
    height: number,
    width: number,
    channels: number,
    maps: number,
    displacements: number,
    strength: number,
    black: number,
    room: number,
  ): void;
  normalizeChannels(
    x: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    scale: number,
    shift: number,
    activation: number,
    slope: number,
    out: number,
  ): void;
  normalizeRows(
    x: number,
    rows: number,
    columns: number,
    weight: number,
    bias: number,
    epsilon: number,
    mean: number,
    scale: number,
    out: number,
  ): void;
  rowInputGradient(
    x: number,
    dy: number,
    rows: number,
    columns: number,
    weight: number,
    mean: number,
    scale: number,
    weightGradient: number,
    biasGradient: number,
    out: number,
    sums: number,
  ): void;
  sgdStep(
    value: number,
    gradient: number,
    velocity: number,
    length: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
    weightDecay: number,
  ): void;
  softmax(
    x: number,
    rows: number,
    columns: number,
    scale: number,
    causal: number,
    out: number,
    room: number,
  ): void;
  softmaxBackward(
    y: number,
    dy: number,
    rows: number,
    columns: number,
    scale: number,
    out: number,
    room: number,
  ): void;
  softmaxCrossEntropy(
    logits: number,
    labels: number,
    rows: number,
    classes: number,
    gradient: number,
  ): number;
  sparseProduct(
    M: number,
    N: number,
    K: number,
    starts: number,
    indices: number,
    values: number,
    b: number,
    bRow: number,
    c: number,
    accumulate: number,
    bias: number,
    activation: number,
    slope: number,
    panel: number,
  ): void;
  squaredError(outputs: number, labels: number, rows: number, classes: number, gradient: number): number;
  sumRows(x: number, rows: number, columns: number, out: number): void;
  transposeLists(
    starts: number,
    indices: number,
    values: number,
    rows: number,
    columns: number,
    columnStarts: number,
    columnIndices: number,
    columnValues: number,
  ): void;
}

/**
 * Compiles the kernels over `memory`. V8 keeps compiled code by a module's bytes; `variant` is written into them as a
 * custom section, so that a module compiled with other options is compiled anew.
 */
export function instantiate(memory: WebAssembly.Memory, variant: string): Kernels {
  const file = new URL("../dist/kernels.wasm", import.meta.url);
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const name = new TextEncoder().encode(variant);
    const section = [0, name.length + 1, name.length, ...name]; // id, size, name; the sizes are below 128
    bytes = Uint8Array.from([...readFileSync(file), ...section]);
  } catch (cause) {
    throw new Error(
      `kernels: ${file.pathname} cannot be read. Run "pnpm run build" to compile the kernels.`,
      {
        cause,
      },
    );
  }
  // `abort` is AssemblyScript's own; with --noAssert nothing calls it.
  const abort = () => {
    throw new Error("kernels: a kernel stopped");
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, abort } });
  // WebAssembly's exports carry no types; the assembly and this interface are kept equal by the tests of every kernel.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return exports as WebAssembly.Exports & Kernels;
}
