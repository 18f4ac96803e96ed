import { Type } from "typebox";

import { planChain } from "../chain.ts";
import { defineLayer, type LayerPlan } from "../definition.ts";
import { layerList, planLayers } from "../nested-layers.ts";

/** y = f_times(… f₂(f₁(x))): the same layers several times over, each time with weights of their own. */
export const repeat = defineLayer({
  type: "repeat",
  description:
    "Stands for its layers written several times, one after the other, each time with weights of their own.",
  options: Type.Object({
    times: Type.Integer({ minimum: 1, maximum: 1000, description: "How often." }),
    layers: layerList("What is repeated."),
  }),

  plan({ times, layers }, inputShape) {
    const links: { name: string; inputShape: typeof inputShape; plan: LayerPlan }[] = [];
    let shape = inputShape;
    for (let k = 0; k < times; k++) {
      const plan = planLayers(layers, shape, ["layers"]);
      links.push({ name: `${k}`, inputShape: shape, plan });
      shape = plan.outputShape;
    }
    return planChain(links);
  },
});
