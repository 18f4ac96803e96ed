import { Type } from "typebox";

/** Optional keys of `training`. An absent key has no effect. */
export const optionalTrainingKeys = {
  accumulate: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        "Number of batches per optimizer step. The step uses the mean of their gradients. Default: 1.",
    }),
  ),
  clipValue: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Clips every element of the gradients to the range −clipValue … clipValue.",
    }),
  ),
  clipNorm: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Maximum norm of all gradients together. Larger gradients are scaled down.",
    }),
  ),
  decayBias: Type.Optional(
    Type.Boolean({
      description:
        "Whether weight decay also applies to parameters with a single axis: biases and scales of " +
        "normalization layers. " +
        "Default: true.",
    }),
  ),
  lookahead: Type.Optional(
    Type.Object(
      {
        steps: Type.Integer({
          minimum: 1,
          default: 5,
          description: "Number of steps between two updates of the slow weights.",
        }),
        alpha: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.5,
          description: "Fraction by which the slow weights move towards the trained weights at each update.",
        }),
      },
      {
        description:
          "Lookahead: every few steps, slow weights move towards the trained weights. Training continues from " +
          "the slow weights.",
      },
    ),
  ),
  earlyStopping: Type.Optional(
    Type.Object(
      {
        metric: Type.Enum(["loss", "accuracy"], {
          default: "loss",
          description: "The validation metric to watch.",
        }),
        patience: Type.Integer({
          minimum: 1,
          default: 10,
          description: "Number of consecutive epochs without an improvement after which training ends.",
        }),
        minDelta: Type.Number({
          minimum: 0,
          default: 0,
          description: "Minimum change of the metric that counts as an improvement.",
        }),
      },
      {
        description:
          "Ends training when the validation metric stops improving, and keeps the weights of the best epoch.",
      },
    ),
  ),
};
