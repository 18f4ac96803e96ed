import type { ModelPlan } from "@nn/layers";
import type { DatasetInfo } from "@nn/mnist";

/** What is known about a trial before its network is built and its data are read. */
export interface ForecastInput {
  readonly plan: ModelPlan;
  readonly info: DatasetInfo;
}
