import { Type } from "typebox";

import { planConcatenation, planSum } from "./shared/branches.ts";
import { defineLayer } from "../definition.ts";
import { layerList } from "../model/nested-layers.ts";
import { planLayers } from "../model/plan-layers.ts";

/**
 * y = [f₁(x), f₂(x), …] or y = f₁(x) + f₂(x) + …: the same input through several branches. x (N, …), the
 * outputs one shape, but for the last axis where they are concatenated; dx = Σ_k fₖ′(dyₖ). Szegedy et al.
 * 2015.
 */
export const parallel = defineLayer({
  type: "parallel",
  description: "Gives the same input to several lists of layers and joins what they make of it.",
  options: Type.Object({
    branches: Type.Array(layerList("One branch."), {
      minItems: 2,
      description: "Lists of layers, each fed by the layer before this one.",
    }),
    join: Type.Enum(["concatenate", "add"], {
      default: "concatenate",
      description: "Side by side along the last axis, or summed.",
    }),
  }),

  plan({ branches, join }, inputShape) {
    const planned = branches.map((layers, k) => planLayers(layers, inputShape, ["branches", k]));
    return join === "add"
      ? planSum("parallel", planned, inputShape)
      : planConcatenation("parallel", planned, inputShape);
  },
});
