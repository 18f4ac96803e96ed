import type { ModelPlan } from "@nn/layers";
import { formatShape } from "@nn/tensor";

import { formatCount } from "./format.ts";
import { formatTable } from "./table.ts";

/** `(28, 28, 1) → flatten 784 → dense 128 → relu 128 → dense 10   101,770 parameters` */
export function architectureLine(plan: ModelPlan): string {
  const layers = plan.layers.map(({ type, outputShape }) =>
    outputShape.length === 1 ? `${type} ${outputShape[0]}` : `${type} ${formatShape(outputShape)}`,
  );
  const count = `${formatCount(plan.parameters)} ${plan.parameters === 1 ? "parameter" : "parameters"}`;
  return `${[formatShape(plan.inputShape), ...layers].join(" → ")}   ${count}`;
}

/** The layers as lines of a table: the index that `--set 'model.layers[1]…'` takes, output shape, parameters, multiply-adds of the forward pass of one image. */
export function architectureTable(plan: ModelPlan): string {
  const rows = plan.layers.map((layer, index) => [
    `[${index}]`,
    layer.type,
    formatShape(layer.outputShape),
    formatCount(layer.parameters),
    formatCount(layer.multiplyAdds),
  ]);
  return formatTable(
    [
      { head: "", align: "left" },
      { head: "layer", align: "left" },
      { head: "output shape", align: "left" },
      { head: "parameters", align: "right" },
      { head: "multiply-adds", align: "right" },
    ],
    [
      ["", "images", formatShape(plan.inputShape), "", ""],
      ...rows,
      ["", "in all", "", formatCount(plan.parameters), formatCount(plan.multiplyAdds)],
    ],
    Infinity,
  ).join("\n");
}
