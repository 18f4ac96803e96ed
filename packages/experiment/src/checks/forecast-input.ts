import type { ModelPlan } from "@nn/layers";
import type { DatasetFacts } from "@nn/mnist";

/** The facts about a trial that are known before its network is built and its data are read. */
export interface ForecastInput {
  readonly plan: ModelPlan;
  readonly facts: DatasetFacts;
}
