import type { LayerSummary, ModelPlan } from "@nn/layers";
import { toPrintableLine } from "@nn/platform/printable";
import { formatShape } from "@nn/tensor";
import { formatPath } from "@nn/training";

import { formatCount } from "./format.ts";
import { formatTable } from "./table.ts";

/**
 * Formats the network on one line: the shape of the images, the type and output shape of each layer, and the
 * number of parameters. Example: `(28, 28, 1) → flatten 784 → dense 10 7,850 parameters`.
 */
export function formatArchitectureLine(plan: ModelPlan): string {
  const layers = plan.layers.map(({ type, outputShape }) =>
    outputShape.length === 1 ? `${type} ${outputShape[0]}` : `${type} ${formatShape(outputShape)}`,
  );
  const count = `${formatCount(plan.parameters)} ${plan.parameters === 1 ? "parameter" : "parameters"}`;
  return toPrintableLine(`${[formatShape(plan.inputShape), ...layers].join(" → ")}   ${count}`);
}

/**
 * Formats the layers as a table. The columns are the index (as in `model.layers[1].units`), the type, the
 * output shape, the parameters, and the multiply-adds of the forward pass per image. Nested layers are
 * indented below their layer.
 */
export function formatArchitectureTable(plan: ModelPlan): string {
  const rows = plan.layers.flatMap((layer, index) => createLayerRows(`[${index}]`, layer, 1, ""));
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
      ["", "total", "", formatCount(plan.parameters), formatCount(plan.multiplyAdds)],
    ],
    Infinity,
  ).join("\n");
}

function createLayerRows(place: string, layer: LayerSummary, times: number, indent: string): string[][] {
  const row = [
    `${indent}${place}`,
    `${indent}${times === 1 ? "" : `${times} × `}${layer.type}`,
    formatShape(layer.outputShape),
    formatCount(layer.parameters),
    formatCount(layer.multiplyAdds),
  ];
  const inside = (layer.nestedLayers ?? []).map((part) =>
    createLayerRows(formatPath(part.path), part, part.times, `${indent}  `),
  );
  return [row, ...inside.flat()];
}
