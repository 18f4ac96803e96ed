import { formatShape, ShapeError, type Shape } from "@nn/tensor";

import type { LayerPlan } from "../definition.ts";
import { planChain, withPathTo, type Link } from "./chain.ts";
import { LayerError, type LayerPath } from "./layer-error.ts";
import type { LayerChoice } from "./model.ts";

/** A link that is shown as a layer of its own: one of a list in the experiment file. */
export interface LayerLink extends Link {
  readonly type: string;
  readonly path: LayerPath;
}

/**
 * Fits a list of layers to each other, one after the other, from the shape of one example (without N).
 * `place`: the option that the list is, such as ["layers"], or [] for the layers of the model itself;
 * parameters are named after it, `layers.0.weight`. Throws LayerError with the place of the first layer that
 * does not fit; its cause is what the layer threw, usually a ShapeError.
 */
export function linkLayers(
  choices: readonly LayerChoice[],
  inputShape: Shape,
  place: LayerPath,
): LayerLink[] {
  const links: LayerLink[] = [];
  let shape = inputShape;
  for (const [index, choice] of choices.entries()) {
    const path = [...place, index];
    const plan = planLayer(choice, path, shape);
    links.push({ name: path.join("."), inputShape: shape, plan, type: choice.definition.type, path });
    shape = plan.outputShape;
  }
  return links;
}

/** `linkLayers`, as one layer: of the lists of layers among the options of another. */
export function planLayers(choices: readonly LayerChoice[], inputShape: Shape, place: LayerPath): LayerPlan {
  return planChain(linkLayers(choices, inputShape, place));
}

/** Plans one layer, and checks the plan. `path`: its place, for the error. */
function planLayer({ definition, options }: LayerChoice, path: LayerPath, inputShape: Shape): LayerPlan {
  const { type } = definition;
  let plan: LayerPlan;
  try {
    // A layer among its options may not fit: what was said there holds, with the way to it.
    plan = withPathTo(path, () => definition.plan(options, inputShape));
  } catch (cause) {
    if (cause instanceof LayerError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const report = cause instanceof ShapeError ? message : `${type}: its plan failed: ${message}`;
    throw new LayerError(path, report, { cause });
  }
  // A custom layer may be mistaken about its shape: said here, before buffers are made from it.
  const { outputShape } = plan;
  if (
    !Array.isArray(outputShape) ||
    !outputShape.every((extent) => Number.isInteger(extent) && extent >= 1)
  ) {
    const got = Array.isArray(outputShape) ? formatShape(outputShape) : String(outputShape);
    throw new LayerError(
      path,
      `${type}: its plan must give an outputShape of whole numbers from 1, got ${got}.`,
    );
  }
  if (typeof plan.build !== "function") {
    throw new LayerError(path, `${type}: its plan must give a build function, got ${typeof plan.build}.`);
  }
  return plan;
}
