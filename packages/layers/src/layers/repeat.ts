import { Type } from "typebox";

import { planSequential, type SequentialItem } from "../model/sequential.ts";
import { defineLayer } from "../definition.ts";
import { groupRepeatedLayers } from "../model/layer-summary.ts";
import { layerListOption } from "../model/nested-layers.ts";
import { planLayers } from "../model/plan-layers.ts";

/** Repeats the same layers. Each repetition has its own weights. */
export const repeat = defineLayer({
  type: "repeat",
  description: "Repeats its layers several times, one after the other. Each repetition has its own weights.",
  formula: "y = f_times(… f₂(f₁(x)))",
  shapes: "x (N, …) → y, the output of the last repetition",
  example:
    "{ type: repeat, times: 2, layers: [{ type: conv2d, filters: 8, kernelSize: 3, padding: same }, { type: relu }] }",
  options: Type.Object({
    times: Type.Integer({ minimum: 1, maximum: 1000, description: "Number of repetitions." }),
    layers: layerListOption("The layers to repeat."),
  }),

  countCopies: ({ times }) => times,

  plan({ times, layers }, inputShape) {
    const links: SequentialItem[] = [];
    let shape = inputShape;
    for (let k = 0; k < times; k++) {
      const plan = planLayers(layers, shape, ["layers"]);
      links.push({ name: `${k}`, inputShape: shape, plan, time: k + 1 });
      shape = plan.outputShape;
    }
    const nestedLayers = groupRepeatedLayers(links.map(({ plan }) => plan.nestedLayers ?? []));
    return { ...planSequential(links), nestedLayers };
  },
});
