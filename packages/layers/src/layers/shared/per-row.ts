import { Batch, type Shape } from "@nn/tensor";

import type { LayerPlan } from "../../definition.ts";
import { createView } from "./view.ts";

/**
 * Applies a layer (D) → (U) to each row, (T, D) → (T, U), with the same parameters for all rows. The N·T rows
 * are the batch of that layer, so a dense layer still needs only one matrix product.
 */
export function planPerRow(rows: number, plan: LayerPlan, rowShape: Shape): LayerPlan {
  const { multiplyAdds = 0, inputGradientMultiplyAdds = multiplyAdds } = plan;
  return {
    ...plan,
    outputShape: [rows, ...plan.outputShape],
    multiplyAdds: rows * multiplyAdds,
    inputGradientMultiplyAdds: rows * inputGradientMultiplyAdds,

    build(context) {
      const batchSize = rows * context.batchSize;
      const layer = plan.build({
        ...context,
        batchSize,
        inputShape: rowShape,
        allocateBatch: (shape) => new Batch(context.backend, batchSize, shape),
      });
      const inRows = createView(rowShape);
      const inExamples = createView([rows, ...rowShape]);
      const outRows = createView(plan.outputShape);
      const outExamples = createView([rows, ...plan.outputShape]);
      return {
        forward: (x, pass) => outExamples(layer.forward(inRows(x), pass)),
        backward: (dy, pass) => inExamples(layer.backward(outRows(dy), pass)),
        ...(layer.fuse !== undefined && { fuse: (activation) => layer.fuse?.(activation) }),
      };
    },
  };
}
