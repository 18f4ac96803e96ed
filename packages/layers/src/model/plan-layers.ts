import { ShapeError, type Shape } from "@nn/tensor";

import type { LayerPlan } from "../definition.ts";
import { checkPlan } from "./check-plan.ts";
import { planSequential, addPathToErrors, type SequentialItem } from "./sequential.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import type { ResolvedLayer } from "./model.ts";

/** The planned entry of a layer list in the experiment file. */
export interface SequentialLayer extends SequentialItem {
  readonly type: string;
  readonly path: LayerPath;
}

/**
 * Plans a list of layers one after the other, from the shape of one example (without N). `place` is the path
 * of the option that contains the list, such as ["layers"], or [] for the layers of the model. It is the
 * prefix of the parameter names, as in `layers.0.weight`. Throws LayerError with the path of the first layer
 * that cannot be planned. Its cause is the error of the layer, usually a ShapeError.
 */
export function planEachLayer(
  choices: readonly ResolvedLayer[],
  inputShape: Shape,
  place: LayerPath,
): SequentialLayer[] {
  const items: SequentialLayer[] = [];
  let shape = inputShape;
  for (const [index, choice] of choices.entries()) {
    const path = [...place, index];
    const plan = planLayer(choice, path, shape);
    items.push({ name: path.join("."), inputShape: shape, plan, type: choice.definition.type, path });
    shape = plan.outputShape;
  }
  return items;
}

/** Plans a list of layers in the options of another layer, as one layer. See `planEachLayer`. */
export function planLayers(
  choices: readonly ResolvedLayer[],
  inputShape: Shape,
  place: LayerPath,
): LayerPlan {
  return planSequential(planEachLayer(choices, inputShape, place));
}

/** Plans one layer and checks the plan. `path` is the layer's path, used in errors. */
function planLayer({ definition, options }: ResolvedLayer, path: LayerPath, inputShape: Shape): LayerPlan {
  const { type } = definition;
  let plan: LayerPlan;
  try {
    // If planning a nested layer fails, keep its message and put `path` before its path.
    plan = addPathToErrors(path, () => definition.plan(options, inputShape));
  } catch (cause) {
    if (cause instanceof LayerError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const report = cause instanceof ShapeError ? message : `${type}: its plan failed: ${message}`;
    throw new LayerError(path, report, { cause });
  }
  checkPlan(path, type, plan);
  return plan;
}
