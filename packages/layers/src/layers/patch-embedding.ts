import { formatShape, ShapeError, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { planSequential } from "../model/sequential.ts";
import { defineLayer, type LayerPlan } from "../definition.ts";
import { planPerRow } from "./shared/per-row.ts";
import { weightOptions } from "./shared/weight-options.ts";
import { dense } from "./dense.ts";

/**
 * Turns an image into a sequence of T = (H/P)·(W/P) patches in row-major order, P = patchSize. A dense layer
 * maps the pixels of each patch to its features.
 */
export const patchEmbedding = defineLayer({
  type: "patch-embedding",
  description:
    "Cuts an image into square patches. Each patch becomes one step of a sequence, as a transformer needs.",
  formula: "y[n, t] = patch[n, t]·W + b for the H·W / P² patches of P × P pixels, P = patchSize",
  shapes: "x (N, H, W, C) → y (N, H·W / P², units); W (P·P·C, units), b (units)",
  example: "{ type: patch-embedding, patchSize: 4, units: 32 }",
  paper:
    "Dosovitskiy et al. 2021, An image is worth 16×16 words: transformers for image recognition at scale",
  options: Type.Object({
    patchSize: Type.Integer({ minimum: 1, description: "Height and width of a patch in pixels." }),
    units: Type.Integer({ minimum: 1, description: "Number of features of each patch." }),
    bias: Type.Boolean({ default: true, description: "Whether each feature has a learned bias." }),
    ...weightOptions,
  }),

  plan({ patchSize: P, units, bias, ...weights }, inputShape) {
    const [H, W, C] = inputShape;
    if (inputShape.length !== 3 || H === undefined || W === undefined || C === undefined) {
      throw new ShapeError(
        `patch-embedding: input must be images (H, W, C), got ${formatShape(inputShape)}. ` +
          `Put it before the layers that change their shape.`,
      );
    }
    if (H % P !== 0 || W % P !== 0) {
      throw new ShapeError(
        `patch-embedding: patches of ${P} × ${P} do not divide images of ${H} × ${W} evenly. ` +
          `Choose a patchSize that divides both, such as 4, 7 or 14 for 28.`,
      );
    }
    const T = (H / P) * (W / P);
    const K = P * P * C;
    return planSequential([
      { name: "", inputShape, plan: planPatches(H, W, C, P) },
      {
        name: "",
        inputShape: [T, K],
        plan: planPerRow(T, dense.plan({ units, bias, ...weights }, [K]), [K]),
      },
    ]);
  },
});

/** Gathers the pixels of each patch into one row. (N, H, W, C) → (N, T, P·P·C). */
function planPatches(H: number, W: number, C: number, P: number): LayerPlan {
  const T = (H / P) * (W / P);
  const strip = P * C; // one line of a patch, contiguous in both layouts

  return {
    outputShape: [T, P * strip],
    build(context) {
      const output = context.allocateBatch([T, P * strip]);
      const inputGradient = context.needsInputGradient ? context.allocateBatch([H, W, C]) : undefined;

      /**
       * Calls `copy` for each strip, in patch order, with the index of its first number in the images and in
       * the patches.
       */
      const forEachStrip = (images: Tensor, copy: (inImages: number, inPatches: number) => void): void => {
        let inPatches = 0;
        for (let top = 0; top < images.shape[0]! * H; top += P) {
          for (let left = 0; left < W; left += P) {
            for (let y = top; y < top + P; y++) {
              copy((y * W + left) * C, inPatches);
              inPatches += strip;
            }
          }
        }
      };

      return {
        forward(x) {
          const y = output.rows(x.shape[0]!);
          forEachStrip(x, (from, to) => {
            for (let i = 0; i < strip; i++) y.data[to + i] = x.data[from + i]!;
          });
          return y; // (N, T, P·P·C)
        },

        // Each pixel is in exactly one patch, so its gradient is copied back.
        backward(dy) {
          if (inputGradient === undefined) return dy;
          const dx = inputGradient.rows(dy.shape[0]!);
          forEachStrip(dx, (to, from) => {
            for (let i = 0; i < strip; i++) dx.data[to + i] = dy.data[from + i]!;
          });
          return dx; // (N, H, W, C)
        },
      };
    },
  };
}
