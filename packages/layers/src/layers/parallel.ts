import { Type } from "typebox";

import { planConcatenation, planSum } from "./shared/branches.ts";
import { defineLayer } from "../definition.ts";
import { layerListOption } from "../model/nested-layers.ts";
import { planLayers } from "../model/plan-layers.ts";

/**
 * dx = Σ_k fₖ′(dyₖ). The outputs of all branches must have the same shape. With concatenation, the last axis
 * may differ.
 */
export const parallel = defineLayer({
  type: "parallel",
  description: "Passes the same input to several lists of layers and joins their outputs.",
  formula: "y = [f₁(x), f₂(x), …] for concatenate, f₁(x) + f₂(x) + … for add",
  shapes: "x (N, …) → y, the outputs of the branches side by side along the last axis, or their sum",
  example: "{ type: parallel, branches: [[{ type: relu }], [{ type: tanh }]] }",
  paper: "Szegedy et al. 2015, Going deeper with convolutions",
  options: Type.Object({
    branches: Type.Array(layerListOption("One branch."), {
      minItems: 2,
      description: "The branches: lists of layers. All branches have the same input.",
    }),
    join: Type.Enum(["concatenate", "add"], {
      default: "concatenate",
      description: "How the outputs are joined: concatenate along the last axis, or add.",
    }),
  }),

  plan({ branches, join }, inputShape) {
    const planned = branches.map((layers, k) => planLayers(layers, inputShape, ["branches", k]));
    return join === "add"
      ? planSum("parallel", planned, inputShape)
      : planConcatenation("parallel", planned, inputShape);
  },
});
