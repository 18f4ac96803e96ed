import { Type, type TSchema } from "typebox";

/** Number of best configurations whose files are kept by default. */
const KEPT = 10;

function count(description: string): TSchema {
  return Type.Union([Type.Integer({ minimum: 0 }), Type.Literal("all")], { default: KEPT, description });
}

/** The schema of an experiment's `keep`: which configurations keep which files. */
export const keepSchema = Type.Object(
  {
    networks: count("The number of best configurations that keep model.safetensors, or all."),
    outputs: count("The number of best configurations that keep outputs.safetensors, or all."),
    checkpoints: count(
      "The number of best configurations that keep the checkpoint of their last epoch, or all. A " +
        "checkpoint is always deleted if a run with more epochs cannot resume from it.",
    ),
  },
  {
    description:
      "How many of the best configurations keep their large files. All configurations keep their tables. " +
      "This does not change the results and is not part of the fingerprint.",
  },
);

/** A checked `keep` block. */
export interface KeepSpec {
  readonly networks: number | "all";
  readonly outputs: number | "all";
  readonly checkpoints: number | "all";
}

/** The default of `keep`. */
export const defaultKeep: KeepSpec = { networks: KEPT, outputs: KEPT, checkpoints: KEPT };
