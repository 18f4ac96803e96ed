import type { Backend, Tensor, Window } from "../packages/tensor/src/index.ts";

/**
 * [image's height and width, channels, filters, kernel's height and width, padding, dilation where it is not
 * 1]
 */
type Layer = readonly [
  extent: number,
  channels: number,
  filters: number,
  kernel: number,
  padding: number,
  dilation?: number,
];

/** The convolutions of networks/lenet5.ts and networks/cnn.ts. */
const layers: Readonly<Record<string, readonly Layer[]>> = {
  "LeNet-5": [
    [28, 1, 6, 5, 2],
    [14, 6, 16, 5, 0],
  ],
  CNN: [
    [28, 1, 32, 3, 1],
    [28, 32, 32, 3, 1],
    [14, 32, 64, 3, 1],
    [14, 64, 64, 3, 1],
  ],
  // What chooseConvolutionMethod decides by: as many terms, but their weights stand apart, so that they are
  // summed one by one.
  "CNN, direct sums": [
    [28, 32, 32, 3, 2, 2],
    [14, 32, 64, 3, 2, 2],
    [14, 64, 64, 3, 2, 2],
  ],
};
const N = 64;

/**
 * Times the convolutions of a training step of these networks, with batch size 64: the forward pass, the
 * weight gradient and the input gradient.
 */
export function timeConvolutions(
  backend: Backend,
  draw: (backend: Backend, shape: readonly number[]) => Tensor,
  time: (name: string, work: () => void) => void,
): void {
  for (const [network, convolutions] of Object.entries(layers)) {
    for (const layer of convolutions) {
      const release = backend.mark();
      const [extent, channels, filters, kernel, padding] = layer;
      const window = placed(layer);
      const groups = 1;
      const x = draw(backend, [N, extent, extent, channels]);
      const weight = draw(backend, [kernel, kernel, channels, filters]);
      const bias = draw(backend, [filters]);
      const y = backend.allocate([N, window.outputHeight, window.outputWidth, filters]);
      const dw = backend.allocate(weight.shape);
      const dx = backend.allocate(x.shape);
      const title =
        `${network}, ${extent}²·${channels} ∗ ` +
        `${kernel}²·${filters}${padding > 0 ? `, padding ${padding}` : ""}`;
      time(title, () =>
        backend.convolve({ window, groups, x, weight, bias, activation: { kind: "relu" }, out: y }),
      );
      time(`${title}: dW`, () => backend.convolveWeightGradient({ window, groups, x, dy: y, dw }));
      // The input of the first layer is the images, whose gradient is not needed.
      if (channels > 1) {
        time(`${title}: dx`, () => backend.convolveInputGradient({ window, groups, dy: y, weight, dx }));
      }
      release();
    }
  }
}

function placed([extent, , , kernel, padding, dilation = 1]: Layer): Window {
  const output = extent + 2 * padding - (kernel - 1) * dilation;
  return {
    height: extent,
    width: extent,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: dilation,
    dilationWidth: dilation,
    padTop: padding,
    padLeft: padding,
    outputHeight: output,
    outputWidth: output,
  };
}
