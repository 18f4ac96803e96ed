import { OptionsError, type Definition, type StateDict } from "@nn/layers";
import type { Backend } from "@nn/tensor";
import { Type, type Static, type TObject } from "typebox";

import { toBuffers, allocateTensorCopies, type ModelTensors, type TensorCopy } from "./model-copy.ts";

interface RunningMean {
  afterStep(): void;
  /** Epochs are numbered from 1. */
  afterEpoch(epoch: number): void;
  /** Number of averaged sets of weights; 0 before the first. */
  readonly numbers: { taken: number };
}

/** A running average of a model's parameters and buffers during training. */
export interface WeightAverage extends Omit<RunningMean, "numbers"> {
  readonly state: StateDict;
  /** Swaps the model's weights with their average. Does nothing before the average starts. */
  exchange(): void;
}

interface AverageDefinition<Options extends TObject = TObject> extends Definition<Options> {
  /** Throws OptionsError if this number of epochs is too small. */
  check?(options: Static<Options>, epochs: number): void;
  /** `pairs` contains the tensors of the model, and the copies that store their average. */
  build(options: Static<Options>, pairs: readonly TensorCopy[]): RunningMean;
}

function defineAverage<Options extends TObject>(
  definition: AverageDefinition<Options>,
): AverageDefinition<Options> {
  return definition;
}

/** Exponential moving average; starts with the weights after the first step. */
const ema = defineAverage({
  type: "ema",
  description:
    "Exponential moving average of the weights over the steps. The last 1 / (1 − decay) steps have the most weight.",
  formula: "mean ← decay·mean + (1 − decay)·w after each step",
  example: "{ type: ema, decay: 0.999 }",
  paper: "Polyak & Juditsky 1992, Acceleration of stochastic approximation by averaging",
  options: Type.Object({
    decay: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.999,
      description: "Fraction of the average that each step keeps. 0.999 averages about a thousand steps.",
    }),
  }),
  build({ decay }, pairs) {
    const numbers = { taken: 0 };
    return {
      numbers,
      afterStep() {
        moveCopies(pairs, numbers.taken > 0 ? 1 - decay : 1);
        numbers.taken++;
      },
      afterEpoch() {},
    };
  },
});

/** The mean of the weights after epochs `from`, `from` + 1, …. */
const swa = defineAverage({
  type: "swa",
  description:
    "Stochastic weight averaging: the mean of the weights after each epoch, starting with a given one.",
  formula: "mean = Σ w / n over the weights after the n epochs from, from + 1, …",
  example: "{ type: swa, from: 8 }",
  paper: "Izmailov et al. 2018, Averaging weights leads to wider optima and better generalization",
  options: Type.Object({
    from: Type.Integer({
      minimum: 1,
      description: "The first epoch whose weights are averaged. Epochs are numbered from 1.",
    }),
  }),
  check({ from }, epochs) {
    if (from <= epochs) return;
    throw new OptionsError(
      "from",
      `swa: starts with epoch ${from}, but there ${epochs === 1 ? "is only 1 epoch" : `are only ${epochs} epochs`}. ` +
        `Starting after three quarters of the epochs is usual.`,
    );
  },
  build({ from }, pairs) {
    const numbers = { taken: 0 };
    return {
      numbers,
      afterStep() {},
      afterEpoch(epoch) {
        if (epoch < from) return;
        numbers.taken++;
        moveCopies(pairs, 1 / numbers.taken);
      },
    };
  },
});

/** The weight averages by type. */
export const weightAverages: ReadonlyMap<string, AverageDefinition> = new Map<string, AverageDefinition>([
  [ema.type, ema],
  [swa.type, swa],
]);

/** Creates the average with this type and options, and allocates its buffers. */
export function createWeightAverage(
  { type, ...options }: { readonly type: string; readonly [option: string]: unknown },
  backend: Backend,
  model: ModelTensors,
): WeightAverage {
  const definition = weightAverages.get(type);
  // The spec was checked against these averages, so an entry is missing only in a worker of another version.
  if (definition === undefined) throw new Error(`There is no average of type "${type}".`);
  const pairs = allocateTensorCopies(model, backend);
  const mean = definition.build(options, pairs);
  return {
    state: { tensors: toBuffers(pairs), numbers: mean.numbers },
    afterStep: () => mean.afterStep(),
    afterEpoch: (epoch) => mean.afterEpoch(epoch),
    exchange() {
      if (mean.numbers.taken === 0) return;
      for (const { own, copy } of pairs) {
        for (let i = 0; i < own.length; i++) {
          const mine = own[i]!;
          own[i] = copy[i]!;
          copy[i] = mine;
        }
      }
    },
  };
}

/** copy += share·(own − copy); a share of 1 copies. */
function moveCopies(pairs: readonly TensorCopy[], share: number): void {
  for (const { own, copy } of pairs) {
    if (share === 1) copy.set(own);
    else for (let i = 0; i < own.length; i++) copy[i] = copy[i]! + share * (own[i]! - copy[i]!);
  }
}
