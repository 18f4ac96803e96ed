/**
 * Names from other libraries, by the catalog in which users look for them, with advice on what to write
 * instead.
 */
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
    input: "Leave it out: the first layer is fed the images.",
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
    optuna: 'Its default is here called "tpe".',
    qmc: 'Here it is called "sobol".',
    lhs: 'Here it is called "latin-hypercube".',
  },
  pruner: {
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
};

const METRICS: Readonly<Record<string, string>> = {
  acc: "validation.accuracy",
  valacc: "validation.accuracy",
  valaccuracy: "validation.accuracy",
  valloss: "validation.loss",
  trainacc: "train.accuracy",
};

/** The blocks that contain keys which users often put elsewhere. */
const HOMES: Readonly<Record<string, string>> = {
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

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_. ]/g, "");
}

/** Translates a key from another library to its name in this project; returns any other name unchanged. */
export function resolveKeyAlias(name: string): string {
  const key = plain(name);
  return Object.hasOwn(OTHER_KEYS, key) ? OTHER_KEYS[key]! : name;
}

/** Returns the metric that a name from another library means. */
export function resolveMetricAlias(name: string): string | undefined {
  const key = plain(name);
  return Object.hasOwn(METRICS, key) ? METRICS[key] : undefined;
}

/** Returns advice about a key in the wrong block. `block` is the block of the experiment that contains it. */
export function getMisplacedKeyAdvice(name: string, block?: string | number): string | undefined {
  if (plain(name) === "activation") return "Write it as a separate layer after this one: - { type: relu }.";
  const here = Object.keys(HOMES).find((key) => plain(key) === plain(resolveKeyAlias(name)));
  return here === undefined || HOMES[here] === block
    ? undefined
    : `It belongs in ${HOMES[here]!}: ${HOMES[here]!}.${here}.`;
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
