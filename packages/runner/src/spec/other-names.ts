/**
 * Names that people bring along from elsewhere, by the catalog in which they look for them, and what to do here.
 */
export const otherNames: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  layer: {
    softmax: "Leave it out: the loss cross-entropy contains it.",
    "log-softmax": "Leave it out: the loss cross-entropy contains it.",
    linear: 'Here it is called "dense".',
    "fully-connected": 'Here it is called "dense".',
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
