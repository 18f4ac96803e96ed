import { join } from "@nn/platform/path";

import type { Model } from "@nn/layers";
import type { ImageOrigins } from "@nn/mnist";
import { writeFilesAtomically } from "@nn/results";

import type { Predictions } from "../metrics/predictions.ts";
import { PREDICTION_TABLES, createPredictionTables } from "./prediction-tables.ts";
import { encodeNetwork, type NetworkDescription } from "./saved-network.ts";
import { encodeOutputs } from "./saved-outputs.ts";

/** File name of the network of a completed trial. */
export const NETWORK_FILE = "model.safetensors";
/** File name of the outputs of the network for the validation and test images. */
export const OUTPUTS_FILE = "outputs.safetensors";
/** File names of the tables of predictions on the test images. Every completed trial keeps them. */
export const TEST_TABLES: readonly string[] = PREDICTION_TABLES;
/** File names of the tables of predictions on the validation images. They exist if images are held out. */
export const VALIDATION_TABLES: readonly string[] = PREDICTION_TABLES.map((name) => `validation-${name}`);

/** The predictions of a trial's network on one set, and the origin of the images. */
export interface SetPredictions {
  readonly predictions: Predictions;
  readonly origins?: ImageOrigins | undefined;
}

/**
 * Writes the files of a completed trial: the final weights and buffers, the outputs, and the prediction
 * tables. Resolves when all files are on the disk. The same trial gives the same bytes.
 */
export function saveTrial(
  folder: string,
  model: Pick<Model, "parameters" | "buffers">,
  description: NetworkDescription,
  test: SetPredictions,
  validation?: SetPredictions,
): Promise<void> {
  const { classNames } = description;
  const tablesOf = ({ predictions, origins }: SetPredictions): Record<string, string> =>
    createPredictionTables(predictions, { classNames, origins });
  const validationTables = Object.entries(validation === undefined ? {} : tablesOf(validation));
  const files: Record<string, string | Uint8Array> = {
    [NETWORK_FILE]: encodeNetwork(model, description),
    [OUTPUTS_FILE]: encodeOutputs({
      test: test.predictions,
      ...(validation !== undefined && { validation: validation.predictions }),
    }),
    ...tablesOf(test),
    ...Object.fromEntries(validationTables.map(([name, table]) => [`validation-${name}`, table])),
  };
  return writeFilesAtomically(Object.entries(files).map(([name, content]) => [join(folder, name), content]));
}
