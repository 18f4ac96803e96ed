import { formatPath, type Path } from "@nn/training";

/** Names from other libraries and the advice on each, by the catalog in which users look for them. */
export const libraryAliases: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  layer: {
    "log-softmax": "Leave it out: the loss cross-entropy contains it.",
    linear: 'Here it is called "dense".',
    "fully-connected": 'Here it is called "dense".',
    conv: 'Here it is called "conv2d".',
    maxpool: 'Here it is called "max-pool2d".',
    "max-pooling2d": 'Here it is called "max-pool2d".',
    batchnorm: 'Here it is called "batch-norm".',
    layernorm: 'Here it is called "layer-norm".',
    rnn: 'Here it is called "simple-rnn".',
    swish: 'Here it is called "silu".',
    input: "Leave it out: the first layer receives the images.",
    avgpool: 'Here it is called "average-pool2d".',
    avgpool2d: 'Here it is called "average-pool2d".',
    averagepool: 'Here it is called "average-pool2d".',
    averagepooling: 'Here it is called "average-pool2d".',
    averagepooling2d: 'Here it is called "average-pool2d".',
    adaptiveavgpool2d: 'Here it is called "global-average-pool2d".',
    globalaveragepooling: 'Here it is called "global-average-pool2d".',
    globalaveragepooling2d: 'Here it is called "global-average-pool2d".',
    globalavgpool: 'Here it is called "global-average-pool2d".',
    globalavgpool2d: 'Here it is called "global-average-pool2d".',
    adaptiveavgpool1d: 'Here it is called "global-average-pool1d".',
    globalaveragepooling1d: 'Here it is called "global-average-pool1d".',
    maxpooling: 'Here it is called "max-pool2d".',
    convolution: 'Here it is called "conv2d".',
    convolution2d: 'Here it is called "conv2d".',
    depthwiseconv2d: 'Here it is "conv2d" with as many groups as channels.',
    batchnorm1d: 'Here it is called "batch-norm".',
    batchnorm2d: 'Here it is called "batch-norm".',
    batchnormalization: 'Here it is called "batch-norm".',
    layernormalization: 'Here it is called "layer-norm".',
    groupnormalization: 'Here it is called "group-norm".',
    spatialdropout2d: 'Here it is called "dropout2d".',
    zeropad2d: 'Here it is called "pad".',
    zeropadding2d: 'Here it is called "pad".',
    transformerencoderlayer: 'Here it is called "transformer-encoder".',
    activation: "Write the activation as a layer of its own, such as { type: relu }.",
    sequential: "Leave it out: the list model.layers is sequential, so write the layers there.",
    identity: "Leave it out: it changes nothing.",
  },
  loss: {
    mse: 'Here it is called "mean-squared-error".',
    nll: 'Here it is part of "cross-entropy".',
    "nll-loss": 'Here it is part of "cross-entropy".',
    nllloss: 'Here it is part of "cross-entropy".',
    crossentropyloss: 'Here it is called "cross-entropy".',
    "categorical-crossentropy": 'Here it is called "cross-entropy".',
    "categorical-cross-entropy": 'Here it is called "cross-entropy".',
    "sparse-categorical-crossentropy": 'Here it is called "cross-entropy".',
    "softmax-cross-entropy": 'Here it is called "cross-entropy".',
    "log-loss": 'Here it is called "cross-entropy".',
    mseloss: 'Here it is called "mean-squared-error".',
    bce: 'Here it is called "binary-cross-entropy".',
    bceloss: 'Here it is called "binary-cross-entropy".',
    bcewithlogits: 'Here it is called "binary-cross-entropy".',
    bcewithlogitsloss: 'Here it is called "binary-cross-entropy".',
    smoothl1: 'Here it is called "huber".',
    smoothl1loss: 'Here it is called "huber".',
    huberloss: 'Here it is called "huber".',
    hingeloss: 'Here it is called "hinge".',
    focalloss: 'Here it is called "focal".',
  },
  optimizer: {
    momentum: "It is an option: { type: sgd, momentum: 0.9 }.",
    nesterov: "It is an option: { type: sgd, momentum: 0.9, nesterov: true }.",
  },
  schedule: {
    "cosine-annealing": 'Here it is called "cosine".',
    cosineannealinglr: 'Here it is called "cosine".',
    cosineannealingwarmrestarts: 'Here it is "cosine" with restartEvery, the epochs of the first cycle.',
    cosinedecayrestarts: 'Here it is "cosine" with restartEvery, the epochs of the first cycle.',
    "cosine-decay": 'Here it is called "cosine".',
    none: 'Here it is called "constant".',
    steplr: 'Here it is called "step".',
    multisteplr: 'Here it is called "multi-step".',
    exponentiallr: 'Here it is called "exponential".',
    exponentialdecay: 'Here it is called "exponential".',
    onecyclelr: 'Here it is called "one-cycle".',
    constantlr: 'Here it is called "constant".',
    polynomiallr: 'Here it is called "polynomial".',
    linear: 'Here it is "polynomial" with power: 1, the default.',
    linearlr: 'A line down is "polynomial" with power: 1. A line up is warmup, an option of each schedule.',
    reducelronplateau: 'Here it is called "reduce-on-plateau".',
  },
  sampler: {
    bayes: 'Here it is called "gp"; "tpe" learns too.',
    bayesian: 'Here it is called "gp"; "tpe" learns too.',
    optuna: 'Here its default is called "tpe".',
    qmc: 'Here it is called "sobol".',
    lhs: 'Here it is called "latin-hypercube".',
    tpesampler: 'Here it is called "tpe".',
    randomsampler: 'Here it is called "random".',
    gridsampler: 'Here it is called "grid".',
    cmaessampler: 'Here it is called "cma-es".',
    gpsampler: 'Here it is called "gp".',
    qmcsampler: 'Here it is called "sobol".',
  },
  pruner: {
    medianpruner: 'Here it is called "median".',
    percentilepruner: 'Here it is called "percentile".',
    patientpruner: 'Here it is called "patience".',
    thresholdpruner: 'Here it is called "threshold".',
    hyperbandpruner: 'Here it is called "hyperband".',
    successivehalvingpruner: 'Here it is called "successive-halving".',
    noppruner: "Leave pruner out: then no trial is stopped.",
    sha: 'Here it is called "successive-halving".',
  },
  range: {
    uniform: 'Here it is called "float".',
    loguniform: 'Here it is "float" with scale: log.',
    "log-uniform": 'Here it is "float" with scale: log.',
    categorical: 'Write a list of the values, or "choice" with them in values.',
    integer: 'Here it is called "int".',
  },
  initializer: {
    xavier: 'Here it is called "glorot".',
    kaiming: 'Here it is called "he".',
    heuniform: 'Here it is "he" with distribution: uniform.',
    henormal: 'Here it is "he" with distribution: normal.',
    kaiminguniform: 'Here it is "he" with distribution: uniform.',
    kaimingnormal: 'Here it is "he" with distribution: normal.',
    xavieruniform: 'Here it is "glorot" with distribution: uniform.',
    xaviernormal: 'Here it is "glorot" with distribution: normal.',
    glorotuniform: 'Here it is "glorot" with distribution: uniform.',
    glorotnormal: 'Here it is "glorot" with distribution: normal.',
  },
  augmentation: {
    randomrotation: 'Here it is called "rotate".',
    randomrotate: 'Here it is called "rotate".',
    rotation: 'Here it is called "rotate".',
    randomhorizontalflip: 'Here it is called "flip".',
    randomverticalflip: 'Here it is "flip" with axis: vertical.',
    horizontalflip: 'Here it is called "flip".',
    verticalflip: 'Here it is "flip" with axis: vertical.',
    randomflip:
      'Here it is "flip", which swaps left and right. To mirror on both axes, as Keras does by default, add a ' +
      "second one with axis: vertical.",
    randomcrop: 'Here it is called "shift".',
    randomtranslation: 'Here it is called "shift".',
    translate: 'Here it is called "shift".',
    randomresizedcrop: 'Here it is called "scale".',
    randomzoom: 'Here it is called "scale".',
    zoom: 'Here it is called "scale".',
    randomshear: 'Here it is called "shear".',
    elastictransform: 'Here it is called "elastic".',
    randomaffine: 'Here it is the augmentations "rotate", "shift", "scale" and "shear".',
    gaussiannoise: 'Here it is called "noise".',
    gaussnoise: 'Here it is called "noise".',
    coarsedropout: 'Here it is called "cutout".',
    normalize: "It is an option of the data set: dataset.normalize.",
    totensor: "Leave it out: the pixels are numbers from 0 to 1 already.",
  },
};

/** Keys from other libraries, and their names here. */
const OTHER_KEYS: Readonly<Record<string, string>> = {
  lr: "learningRate",
  eta: "learningRate",
  wd: "weightDecay",
  decay: "weightDecay",
  bs: "batchSize",
  batch: "batchSize",
  nepochs: "epochs",
  gradclip: "clipNorm",
  clipgradnorm: "clipNorm",
  maxgradnorm: "clipNorm",
  validationsplit: "validation",
  outfeatures: "units",
  p: "rate",
  randomseed: "seed",
  randomstate: "seed",
  eps: "epsilon",
  low: "min",
  high: "max",
  ntrials: "trials",
  direction: "goal",
  monitor: "metric",
  metrics: "metric",
  criterion: "loss",
  lossfn: "loss",
  lossfunction: "loss",
  scheduler: "schedule",
  lrscheduler: "schedule",
};

const ON_PROCESSOR =
  "Leave it out: networks train on the processor. The options --workers and --threads set how many cores are used.";

/** Advice on keys from other libraries that have no single counterpart. */
const OTHER_KEY_ADVICE: Readonly<Record<string, string>> = {
  log: "Write scale: log.",
  betas: "Write beta1 and beta2.",
  tmax: "Leave it out: the schedule ends with the last epoch.",
  etamin: "Write end, the factor of the learning rate at the end of the training.",
  monitor: "Write it in early stopping: training.earlyStopping.metric.",
  callbacks: "Leave it out, and use training.earlyStopping, training.average, schedule, keep or loggers.",
  metrics: "Leave it out: every run measures accuracy and loss. sweep.metric is the metric of the ranking.",
  device: ON_PROCESSOR,
  accelerator: ON_PROCESSOR,
  gpus: ON_PROCESSOR,
  numworkers: "Leave it out, and use the option --workers of the command.",
};

/** Top-level keys of an experiment that users often put into a block. */
const OUTER_KEYS: readonly string[] = ["seed", "repeats", "loss", "optimizer", "schedule", "augment"];

/** Top-level keys of an experiment that users often look for among the options of a command. */
const TOP_KEYS: readonly string[] = ["seed", "repeats", "name", "description"];

const METRICS: Readonly<Record<string, string>> = {
  acc: "validation.accuracy",
  valacc: "validation.accuracy",
  valaccuracy: "validation.accuracy",
  valloss: "validation.loss",
  trainacc: "train.accuracy",
};

/** Keys that users often put into the wrong block, and the correct block of each. */
const KEY_BLOCKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["epochs", "batchSize", "shuffle", "accumulate", "clipValue", "clipNorm"].map((key) => [key, "training"]),
  ),
  ...Object.fromEntries(
    ["decayBias", "lookahead", "earlyStopping", "average"].map((key) => [key, "training"]),
  ),
  ...Object.fromEntries(["learningRate", "momentum", "weightDecay"].map((key) => [key, "optimizer"])),
  validation: "dataset",
  normalize: "dataset",
  layers: "model",
  labelSmoothing: "loss",
  classWeights: "loss",
  metric: "sweep",
  sampler: "sweep",
  pruner: "sweep",
  trials: "sweep.sampler",
  patience: "training.earlyStopping",
  minDelta: "training.earlyStopping",
};

function normalizeName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, "");
}

/** Translates a key from another library to its name in this project; returns any other name unchanged. */
export function resolveKeyAlias(name: string): string {
  const key = normalizeName(name);
  return Object.hasOwn(OTHER_KEYS, key) ? OTHER_KEYS[key]! : name;
}

/**
 * Returns advice about a key from another library that has no single counterpart; undefined if there is none.
 * `keys` are the known keys of the block.
 */
export function getOtherKeyAdvice(name: string, keys: readonly string[]): string | undefined {
  const key = normalizeName(name);
  if (key === "log" && !keys.includes("scale")) return undefined;
  if (keys.includes(resolveKeyAlias(name))) return undefined;
  return Object.hasOwn(OTHER_KEY_ADVICE, key) ? OTHER_KEY_ADVICE[key] : undefined;
}

/**
 * Returns the path in an experiment file that a name means, such as optimizer.learningRate for lr. Returns
 * undefined if the name is not known.
 */
export function findKeyPath(name: string): string | undefined {
  const key = normalizeName(resolveKeyAlias(name));
  const top = TOP_KEYS.find((each) => normalizeName(each) === key);
  if (top !== undefined) return top;
  const known = Object.keys(KEY_BLOCKS).find((each) => normalizeName(each) === key);
  return known === undefined ? undefined : `${KEY_BLOCKS[known]!}.${known}`;
}

/** Returns advice about the name of a catalog entry in another library, of any catalog. */
export function findAliasAdvice(name: string): string | undefined {
  for (const title of Object.keys(libraryAliases)) {
    const advice = getAliasAdvice(title, name);
    if (advice !== undefined) return advice;
  }
  return undefined;
}

/** Translates the name of a metric in another library to its name in this project. */
export function resolveMetricAlias(name: string): string | undefined {
  const key = normalizeName(name);
  return Object.hasOwn(METRICS, key) ? METRICS[key] : undefined;
}

/** Returns advice about a key in the wrong block. `path` is the path of the block that contains it. */
export function getMisplacedKeyAdvice(name: string, path: Path = []): string | undefined {
  if (normalizeName(name) === "activation")
    return "Write it as a separate layer after this one: - { type: relu }.";
  const key = normalizeName(resolveKeyAlias(name));
  const outer = path.length === 0 ? undefined : OUTER_KEYS.find((each) => normalizeName(each) === key);
  if (outer !== undefined) return `It belongs at the top level of the experiment: ${outer}.`;
  const here = Object.keys(KEY_BLOCKS).find((each) => normalizeName(each) === key);
  if (here === undefined) return undefined;
  const block = KEY_BLOCKS[here]!;
  return block === path[0] || block === formatPath(path)
    ? undefined
    : `It belongs in ${block}: ${block}.${here}.`;
}

/**
 * Returns a name without the modules of a library and without arguments: `Linear` for `torch.nn.Linear(10)`.
 * Returns paths of files unchanged.
 */
export function removeModules(name: string): string {
  return /^(?:[a-z_]\w*\.)*([a-z_]\w*)(?:\(.*)?$/is.exec(name)?.[1] ?? name;
}

/**
 * Returns advice about a name from another library; undefined if the name is not known. `title` is the title
 * of the catalog.
 */
export function getAliasAdvice(title: string, name: string): string | undefined {
  const [, names = {}] = Object.entries(libraryAliases).find(([noun]) => title.startsWith(noun)) ?? [];
  const key = normalizeName(removeModules(name));
  return Object.entries(names).find(([each]) => normalizeName(each) === key)?.[1];
}

/** Methods of Optuna's trials, and the types of ranges here. */
const SUGGEST_METHODS: Readonly<Record<string, string>> = {
  suggestfloat: "float",
  suggestuniform: "float",
  suggestloguniform: "float",
  suggestint: "int",
};

/**
 * Returns the range that a block such as `{ suggest_float: [0.1, 1], log: true }` means, as advice; undefined
 * if it is another block.
 */
export function getSuggestAdvice(block: Readonly<Record<string, unknown>>): string | undefined {
  const [method, values] = Object.entries(block).find(([key]) => /^suggest/i.test(key)) ?? [];
  if (method === undefined) return undefined;
  const type = SUGGEST_METHODS[normalizeName(method)];
  if (type === undefined) return "Write a list of the values, such as [16, 32, 64].";
  const numbers: unknown[] = Array.isArray(values) ? values.filter((each) => typeof each === "number") : [];
  const [min = "…", max = "…"] = numbers.map(String);
  const isLog = block["log"] === true || /log/i.test(method);
  return `Write { type: ${type}, min: ${min}, max: ${max}${isLog ? ", scale: log" : ""} }.`;
}
