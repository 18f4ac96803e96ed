import { Type } from "typebox";

/** Optional keys of `training`. An absent key has no effect. */
export const optionalTrainingKeys = {
  accumulate: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "Number of batches per step, which uses the mean of their gradients. Default: 1.",
    }),
  ),
  clipValue: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Clips every number of a gradient to −clipValue … clipValue.",
    }),
  ),
  clipNorm: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Scales all gradients together so that their norm is at most this.",
    }),
  ),
  decayBias: Type.Optional(
    Type.Boolean({
      description:
        "Whether weight decay also acts on parameters with a single axis: biases and the scales of norms. " +
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
          "Lookahead: every few steps, slow weights move towards the trained weights, which continue from there.",
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
          description: "Number of epochs in a row without a better value that end the training.",
        }),
        minDelta: Type.Number({
          minimum: 0,
          default: 0,
          description: "How much better a value must be to count as an improvement.",
        }),
      },
      {
        description:
          "Ends training when the validation metric stops improving, and keeps the weights of the best epoch.",
      },
    ),
  ),
};
