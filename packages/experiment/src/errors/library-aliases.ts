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
  },
  optimizer: {
    momentum: "It is an option: { type: sgd, momentum: 0.9 }.",
    nesterov: "It is an option: { type: sgd, momentum: 0.9, nesterov: true }.",
  },
  schedule: {
    "cosine-annealing": 'Here it is called "cosine".',
    cosineannealinglr: 'Here it is called "cosine".',
    "cosine-decay": 'Here it is called "cosine".',
    none: 'Here it is called "constant".',
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
  device: ON_PROCESSOR,
  accelerator: ON_PROCESSOR,
  gpus: ON_PROCESSOR,
  numworkers: "Leave it out, and use the option --workers of the command.",
};

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

/** Returns advice about a key in the wrong block. `block` is the block of the experiment that contains it. */
export function getMisplacedKeyAdvice(name: string, block?: string | number): string | undefined {
  if (normalizeName(name) === "activation")
    return "Write it as a separate layer after this one: - { type: relu }.";
  const here = Object.keys(KEY_BLOCKS).find(
    (key) => normalizeName(key) === normalizeName(resolveKeyAlias(name)),
  );
  return here === undefined || KEY_BLOCKS[here] === block
    ? undefined
    : `It belongs in ${KEY_BLOCKS[here]!}: ${KEY_BLOCKS[here]!}.${here}.`;
}

/**
 * Returns advice about a name from another library; undefined if the name is not known. `title` is the title
 * of the catalog.
 */
export function getAliasAdvice(title: string, name: string): string | undefined {
  const names = libraryAliases[title];
  const key = name.toLowerCase().replaceAll(/[_ ]/g, "-");
  return names !== undefined && Object.hasOwn(names, key) ? names[key] : undefined;
}
