import { readBinary } from "#platform/binary";

/**
 * What assembly/index.ts exports. Addresses and lengths are whole numbers; see the assembly for their
 * meaning.
 */
export interface Kernels {
  readonly heapBase: () => number;
  readonly activate: (kind: number, slope: number, x: number, out: number, length: number) => void;
  readonly activateBackward: (
    kind: number,
    slope: number,
    y: number,
    dy: number,
    out: number,
    length: number,
  ) => void;
  readonly adamStep: (
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
  ) => void;
  readonly addNoise: (
    x: number,
    images: number,
    length: number,
    keys: number,
    radii: number,
    directions: number,
    low: number,
    high: number,
  ) => void;
  readonly bend: (
    curve: number,
    first: number,
    second: number,
    x: number,
    out: number,
    length: number,
  ) => void;
  readonly bendBackward: (
    curve: number,
    first: number,
    second: number,
    x: number,
    dy: number,
    out: number,
    length: number,
  ) => void;
  /** 1 or 0. */
  readonly anyInfinite: (x: number, length: number) => number;
  readonly blockGradientSums: (
    x: number,
    dy: number,
    rows: number,
    columns: number,
    mean: number,
    partials: number,
  ) => void;
  readonly blockMoments: (x: number, rows: number, columns: number, partials: number) => void;
  readonly channelGradientSums: (
    x: number,
    dy: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    sum: number,
    projection: number,
    partials: number,
  ) => void;
  readonly channelInputGradient: (
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
  ) => void;
  readonly channelMoments: (
    x: number,
    segments: number,
    rows: number,
    columns: number,
    mean: number,
    variance: number,
    partials: number,
  ) => void;
  readonly joinGradientSums: (
    partials: number,
    rows: number,
    columns: number,
    sum: number,
    projection: number,
  ) => void;
  readonly joinMoments: (
    partials: number,
    rows: number,
    columns: number,
    mean: number,
    variance: number,
  ) => void;
  readonly convolve: (
    geometry: number,
    x: number,
    weight: number,
    bias: number,
    activation: number,
    slope: number,
    out: number,
  ) => void;
  readonly convolveAcross: (
    across: number,
    x: number,
    weight: number,
    turned: number,
    bias: number,
    activation: number,
    slope: number,
    out: number,
  ) => void;
  readonly convolveInputGradient: (geometry: number, dy: number, weight: number, dx: number) => void;
  readonly convolveWeightGradient: (
    geometry: number,
    x: number,
    dy: number,
    dw: number,
    firstRow: number,
    rows: number,
    firstFilter: number,
    filters: number,
  ) => void;
  readonly countCorrect: (outputs: number, labels: number, rows: number, classes: number) => number;
  readonly dropout: (
    x: number,
    length: number,
    first: number,
    key0: number,
    key1: number,
    threshold: number,
    scale: number,
    out: number,
  ) => void;
  readonly drawUniforms: (
    keys: number,
    firstRow: number,
    rows: number,
    images: number,
    length: number,
    out: number,
  ) => void;
  readonly gather: (
    source: number,
    length: number,
    indices: number,
    count: number,
    scale: number,
    out: number,
  ) => void;
  readonly gemm: (
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
  ) => void;
  readonly gemmBlocks: (
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
  ) => void;
  readonly gruStep: (
    rows: number,
    units: number,
    gates: number,
    own: number,
    bias: number,
    before: number,
    after: number,
  ) => void;
  readonly gruStepBackward: (
    rows: number,
    units: number,
    gates: number,
    own: number,
    before: number,
    dh: number,
    dz: number,
    dOwn: number,
  ) => void;
  readonly lstmStep: (
    rows: number,
    units: number,
    gates: number,
    forgetBias: number,
    before: number,
    after: number,
    squashed: number,
    state: number,
  ) => void;
  readonly lstmStepBackward: (
    rows: number,
    units: number,
    gates: number,
    before: number,
    squashed: number,
    dh: number,
    dc: number,
    dz: number,
  ) => void;
  readonly listNonZeros: (
    x: number,
    rows: number,
    columns: number,
    limit: number,
    starts: number,
    indices: number,
    values: number,
  ) => number;
  readonly maxPool: (
    x: number,
    firstImage: number,
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
  ) => void;
  readonly maxPoolBackward: (
    dy: number,
    places: number,
    firstImage: number,
    images: number,
    outputs: number,
    dx: number,
    pixels: number,
  ) => void;
  readonly resample: (
    images: number,
    first: number,
    end: number,
    count: number,
    height: number,
    width: number,
    channels: number,
    maps: number,
    displacements: number,
    strength: number,
    black: number,
    room: number,
  ) => void;
  readonly normalizeChannels: (
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
  ) => void;
  readonly normalizeRows: (
    x: number,
    rows: number,
    columns: number,
    weight: number,
    bias: number,
    epsilon: number,
    mean: number,
    scale: number,
    out: number,
  ) => void;
  readonly rowInputGradient: (
    x: number,
    dy: number,
    rows: number,
    columns: number,
    weight: number,
    mean: number,
    scale: number,
    out: number,
    sums: number,
  ) => void;
  readonly addBlocks: (sums: number, rows: number, columns: number, stride: number, out: number) => void;
  readonly sgdStep: (
    value: number,
    gradient: number,
    velocity: number,
    length: number,
    learningRate: number,
    momentum: number,
    nesterov: number,
    weightDecay: number,
  ) => void;
  readonly softmax: (
    x: number,
    firstRow: number,
    rows: number,
    columns: number,
    scale: number,
    causal: number,
    out: number,
    room: number,
  ) => void;
  readonly softmaxBackward: (
    y: number,
    dy: number,
    rows: number,
    columns: number,
    scale: number,
    out: number,
    room: number,
  ) => void;
  readonly softmaxCrossEntropy: (
    logits: number,
    labels: number,
    rows: number,
    classes: number,
    gradient: number,
  ) => number;
  readonly sparseProduct: (
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
  ) => void;
  readonly squaredError: (
    outputs: number,
    labels: number,
    rows: number,
    classes: number,
    gradient: number,
  ) => number;
  readonly setOwn: (address: number) => void;
  readonly sumRows: (x: number, rows: number, columns: number, step: number, out: number) => void;
  readonly transposeLists: (
    starts: number,
    indices: number,
    values: number,
    rows: number,
    columns: number,
    columnStarts: number,
    columnIndices: number,
    columnValues: number,
  ) => void;
  readonly winogradConvolve: (
    tiled: number,
    x: number,
    weight: number,
    turned: number,
    bias: number,
    activation: number,
    slope: number,
    out: number,
  ) => void;
  readonly winogradWeightGradient: (
    tiled: number,
    x: number,
    dy: number,
    dw: number,
    from: number,
    to: number,
  ) => void;
}

/**
 * Compiles the kernels. V8 keeps compiled code by a module's bytes; `variant` is written into them as a
 * custom section, so that a module compiled with other options is compiled anew.
 */
export function compileModule(variant: string): WebAssembly.Module {
  const name = new TextEncoder().encode(variant);
  const section = [0, name.length + 1, name.length, ...name]; // id, size, name; the sizes are below 128
  const binary = readBinary();
  const bytes = new Uint8Array(binary.length + section.length);
  bytes.set(binary);
  bytes.set(section, binary.length);
  return new WebAssembly.Module(bytes);
}

/**
 * The kernels over `memory`. Several threads may have kernels over one memory: what instantiation writes
 * there are constants, and what kernels write beside their operands is in a copy of static memory of each
 * thread's own, once `setOwn` has named it.
 */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  // `abort` is AssemblyScript's own; with --noAssert nothing calls it.
  const abort = () => {
    throw new Error("kernels: a kernel stopped");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  // WebAssembly's exports carry no types; tests of every kernel keep the assembly and this interface equal.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return exports as WebAssembly.Exports & Kernels;
}

/** Any kernel: takes numbers, returns one or nothing. */
export type Kernel<Arguments extends number[] = number[]> = (...args: Arguments) => number | void;

/** The kernels in the order of the module, which is the same on every thread. */
export function kernelTable(kernels: Kernels): readonly Kernel[] {
  return Object.values(kernels).filter((kernel) => typeof kernel === "function");
}
