import type { Model } from "@nn/layers";
import type { Backend } from "@nn/tensor";

import type { TrainingSpec } from "../trial-spec.ts";
import { createEarlyStopping, type EarlyStopping } from "./early-stopping.ts";
import { createLookahead, type Lookahead } from "./lookahead.ts";
import { createWeightAverage, type WeightAverage } from "./weight-averages.ts";

/** Trackers of the weights: lookahead's slow weights, their average, and the best validated weights. */
export interface WeightTrackers {
  readonly lookahead: Lookahead | undefined;
  readonly average: WeightAverage | undefined;
  readonly earlyStopping: EarlyStopping | undefined;
}

/** Creates the trackers that the options of training name, and allocates their copies of the weights. */
export function createWeightTrackers(
  { lookahead, average, earlyStopping }: Pick<TrainingSpec, keyof WeightTrackers>,
  backend: Backend,
  model: Pick<Model, "parameters" | "buffers" | "constrain">,
): WeightTrackers {
  return {
    lookahead: lookahead && createLookahead(lookahead, backend, model),
    average: average && createWeightAverage(average, backend, model),
    earlyStopping: earlyStopping && createEarlyStopping(earlyStopping, backend, model),
  };
}
