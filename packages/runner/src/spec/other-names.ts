/**
 * Names that people bring along from elsewhere, by the catalog in which they look for them, and what to do here.
 */
export const otherNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
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
  },
  optimizer: {
    momentum: "It is an option: { type: sgd, momentum: 0.9 }.",
    nesterov: "It is an option: { type: sgd, momentum: 0.9, nesterov: true }.",
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

/** What to do instead of naming `name` in the catalog of that title, where it is known. */
export function adviceForOtherName(title: string, name: string): string | undefined {
  const names = otherNames[title];
  const key = name.toLowerCase().replaceAll(/[_ ]/g, "-");
  return names !== undefined && Object.hasOwn(names, key) ? names[key] : undefined;
}
