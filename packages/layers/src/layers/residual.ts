import { Type } from "typebox";

import { planSum } from "./shared/branches.ts";
import { defineLayer } from "../definition.ts";
import { layerListOption } from "../model/nested-layers.ts";
import { planLayers } from "../model/plan-layers.ts";

/** dx = s′(dy) + f′(dy): gradients can bypass the layers f through the shortcut s. */
export const residual = defineLayer({
  type: "residual",
  description:
    "Adds the output of its layers to their input. Gradients can bypass the layers, which makes deep networks " +
    "trainable.",
  formula: "y = s(x) + f(x), with f the layers and s the shortcut (the identity by default)",
  shapes: "x (N, …) → y, with the output shape of the layers",
  example: "{ type: residual, layers: [{ type: relu }] }",
  paper: "He et al. 2016, Deep residual learning for image recognition",
  options: Type.Object({
    layers: layerListOption("The layers whose output is added to the input."),
    shortcut: Type.Optional(
      layerListOption(
        "Layers of the shortcut, such as a projection that gives the input the shape of the output. " +
          "Default: the unchanged input.",
      ),
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
