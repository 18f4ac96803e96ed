import { Type } from "typebox";

/**
 * The keys of `training` that a file may leave out and that are then not there: nothing of the kind happens.
 */
export const trainingExtras = {
  accumulate: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "Batches to a step, which goes along the mean of their gradients. Without it 1.",
    }),
  ),
  clipValue: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Brings every number of a gradient into − this … this.",
    }),
  ),
  clipNorm: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: "Shortens the gradient of all parameters together to this norm where it is longer.",
    }),
  ),
  decayBias: Type.Optional(
    Type.Boolean({
      description:
        "Whether weight decay acts on biases and the scales of norms too, all that has a single axis. Without it true.",
    }),
  ),
  lookahead: Type.Optional(
    Type.Object(
      {
        steps: Type.Integer({ minimum: 1, default: 5, description: "Steps from one meeting to the next." }),
        alpha: Type.Number({
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.5,
          description: "How far the slow weights go towards the trained ones.",
        }),
      },
      { description: "Slow weights follow the trained ones, which go on from there every few steps." },
    ),
  ),
  earlyStopping: Type.Optional(
    Type.Object(
      {
        metric: Type.Enum(["loss", "accuracy"], {
          default: "loss",
          description: "What is watched on the held-out images.",
        }),
        patience: Type.Integer({
          minimum: 1,
          default: 10,
          description: "Epochs in a row without a better value that end the training.",
        }),
        minDelta: Type.Number({
          minimum: 0,
          default: 0,
          description: "By how much a value must be better to count.",
        }),
      },
      {
        description:
          "Ends training when validation stops becoming better; the weights of the best epoch are kept.",
      },
    ),
  ),
};
