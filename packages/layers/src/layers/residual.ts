import { Type } from "typebox";

import { planSum } from "./shared/branches.ts";
import { defineLayer } from "../definition.ts";
import { layerList } from "../model/nested-layers.ts";
import { planLayers } from "../model/plan-layers.ts";

/**
 * y = s(x) + f(x), dx = s′(dy) + f′(dy), with f the layers and s the shortcut, the identity unless given:
 * gradients find a way past the layers. He et al. 2016.
 */
export const residual = defineLayer({
  type: "residual",
  description:
    "Adds what its layers make of the input to the input: deep networks train when gradients can pass by.",
  options: Type.Object({
    layers: layerList("What the input goes through; what comes out is added to it."),
    shortcut: Type.Optional(
      layerList("What the input goes through beside them where its shape must change: a projection."),
    ),
  }),

  plan: ({ layers, shortcut }, inputShape) =>
    planSum(
      "residual",
      [
        shortcut === undefined ? "identity" : planLayers(shortcut, inputShape, ["shortcut"]),
        planLayers(layers, inputShape, ["layers"]),
      ],
      inputShape,
    ),
});
