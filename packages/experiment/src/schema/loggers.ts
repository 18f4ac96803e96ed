import { Type } from "typebox";

import type { CatalogEntry } from "./schema.ts";

const tensorboard = {
  type: "tensorboard",
  description:
    "Writes event files for TensorBoard to tensorboard/ in the folder of the run: losses and accuracies per " +
    "epoch, and the swept values as hyperparameters.",
  example: "{ type: tensorboard }",
  options: Type.Object({}),
} satisfies CatalogEntry;

/** The loggers by type name. A logger writes the results of a run in the format of another program. */
export const loggers: ReadonlyMap<string, CatalogEntry> = new Map([["tensorboard", tensorboard]]);

/** A checked entry of `loggers`. */
export interface LoggerSpec {
  readonly type: "tensorboard";
}
