import { ShapeError, type Activation, type Tensor } from "@nn/tensor";
import { Type } from "typebox";

import { defineLayer } from "../definition.ts";
import { getImageShape } from "./shared/image-shape.ts";
import { weightOptions, planWeight } from "./shared/weight-options.ts";
import { createView } from "./shared/view.ts";
import { sizeOrPairOption, paddingOption, computeWindow } from "./shared/window.ts";

/** Each filter is applied at every position of the image. KH and KW are its height and width, F = filters. */
export const conv2d = defineLayer({
  type: "conv2d",
  description:
    "Convolution: each filter is applied at every position of the image and gives one output channel.",
  formula: [
    "y[n, oy, ox, f] = Σ_{ky, kx, c} x[n, iy, ix, c] · W[ky, kx, c, f] + b[f]",
    "iy = oy·stride − pad + ky·dilation, and ix likewise",
  ],
  shapes: "x (N, H, W, C) → y (N, OH, OW, filters); W (KH, KW, C / groups, filters), b (filters)",
  example: "{ type: conv2d, filters: 16, kernelSize: 3, padding: same }",
  paper: "LeCun et al. 1989, Backpropagation applied to handwritten zip code recognition",
  options: Type.Object({
    filters: Type.Integer({
      minimum: 1,
      description: "Number of filters, which is the number of output channels.",
    }),
    kernelSize: sizeOrPairOption({
      description: "Height and width of a filter: one number for both, or [height, width].",
    }),
    stride: sizeOrPairOption({
      default: 1,
      description: "Stride of the window in pixels: one number for both directions, or [height, width].",
    }),
    padding: paddingOption,
    dilation: sizeOrPairOption({
      default: 1,
      description:
        "Distance in pixels between neighbouring weights of a filter: one number for both directions, or " +
        "[height, width].",
    }),
    groups: Type.Integer({
      minimum: 1,
      default: 1,
      description:
        "Number of groups. Channels and filters are divided into groups, and filters see only the channels " +
        "of their group. " +
        "One channel per group is a depthwise convolution.",
    }),
    bias: Type.Boolean({ default: true, description: "Whether each filter has a learned bias." }),
    ...weightOptions,
  }),

  plan({ filters: F, kernelSize, stride, padding, dilation, groups, bias, ...weights }, inputShape) {
    const [H, W, C] = getImageShape("conv2d", inputShape);
    if (C % groups !== 0 || F % groups !== 0) {
      throw new ShapeError(
        `conv2d: groups must divide the ${C} channels of the input and the ${F} filters, got ${groups}. ` +
          `Choose a number that divides both.`,
      );
    }
    const window = computeWindow("conv2d", inputShape, { size: kernelSize, stride, padding, dilation });
    const { kernelHeight: KH, kernelWidth: KW, outputHeight: OH, outputWidth: OW } = window;
    const [groupC, groupF] = [C / groups, F / groups];

    return {
      outputShape: [OH, OW, F],
      multiplyAdds: OH * OW * F * KH * KW * groupC,
      parameters: {
        // An output reads KH·KW pixels in each channel of its group. A pixel is multiplied by KH·KW weights
        // of each filter in its group.
        weight: {
          shape: [KH, KW, groupC, F],
          initialization: { fanIn: KH * KW * groupC, fanOut: KH * KW * groupF },
          ...planWeight(weights),
        },
        ...(bias && { bias: { shape: [F], initialization: "zeros" } }),
      },

      build(context) {
        const { backend, needsInputGradient } = context;
        backend.prepareConvolution(window, groups, C, F);
        const weight = context.parameter("weight"); // (KH, KW, C / groups, F)
        const b = bias ? context.parameter("bias") : undefined; // (F)
        const output = context.allocateBatch([OH, OW, F]);
        const inputGradient = needsInputGradient ? context.allocateBatch([H, W, C]) : undefined;
        const epilogue: { bias?: Tensor; activation?: Activation } = b === undefined ? {} : { bias: b.value };
        const flattenPositions = createView([F]); // (N, OH, OW, F) → (N·OH·OW, F)
        let x: Tensor;

        return {
          fuse(activation) {
            epilogue.activation = activation;
          },

          // y = x ∗ W + b, then the fused activation if there is one
          forward(input) {
            x = input; // (N, H, W, C)
            const y = output.rows(x.shape[0]!);
            backend.convolve({ window, groups, x, weight: weight.value, out: y, ...epilogue });
            return y; // (N, OH, OW, F)
          },

          backward(dy) {
            // dW[ky, kx, c, f] = Σ_{n, oy, ox} x · dy: summed over all positions of the filter.
            backend.convolveWeightGradient({ window, groups, x, dy, dw: weight.gradient });
            // db = Σ_{n, oy, ox} dy: a bias is a weight whose input is always 1.
            if (b !== undefined) backend.sumRows(flattenPositions(dy), b.gradient); // (F)
            if (inputGradient === undefined) return dy;
            // dx[n, iy, ix, c] = Σ dy · W over all windows that contain the pixel: the gradient for the layer
            // below.
            const dx = inputGradient.rows(dy.shape[0]!);
            backend.convolveInputGradient({ window, groups, dy, weight: weight.value, dx });
            return dx; // (N, H, W, C)
          },
        };
      },
    };
  },
});
