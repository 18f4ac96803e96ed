import { chooseConvolutionMethod, type Window } from "@nn/tensor";

import {
  planBatchVectorizedForward,
  planBatchVectorizedInputGradient,
  shouldVectorizeAcrossImages,
  countBatchVectorizedWorkspaceWords,
} from "./batch-vectorized-convolution.ts";
import { planWinogradInputGradient, planWinogradForward, countWinogradWorkspaceWords } from "./winograd.ts";

/** Number of columns in a panel; see assembly/panel.ts. */
const COLUMNS = 16;
/** Number of fields of `Geometry` in assembly/convolution.ts. */
const FIELDS = 20;

/** A batch size for which vectorizing across images is always faster. */
const MANY = 1000;

/** The size in 32-bit words of each buffer that a convolution needs besides its operands. */
export interface ConvolutionBufferSizes {
  readonly padded: number;
  readonly rows: number;
  readonly offsets: number;
  readonly panels: number;
}

/** Returns buffer sizes that are large enough for the forward pass and both gradients. */
export function computeConvolutionBufferSizes(
  window: Window,
  groups: number,
  channels: number,
  filters: number,
): ConvolutionBufferSizes {
  const { height, width, kernelHeight, kernelWidth, outputHeight, outputWidth } = window;
  const reachHeight = (kernelHeight - 1) * window.dilationHeight;
  const reachWidth = (kernelWidth - 1) * window.dilationWidth;
  const seenHeight = (outputHeight - 1) * window.strideHeight + reachHeight + 1;
  const seenWidth = (outputWidth - 1) * window.strideWidth + reachWidth + 1;
  const [groupC, groupF] = [channels / groups, filters / groups];
  const weights = kernelHeight * kernelWidth;
  const pixels = outputHeight * outputWidth;
  return {
    padded: Math.max(
      seenHeight * seenWidth * channels,
      (height + reachHeight) * (width + reachWidth) * filters,
    ),
    rows: Math.max(pixels, height * width, weights * groupC),
    offsets: Math.max(weights, outputHeight),
    panels: Math.max(Math.max(weights * groupC, pixels) * padded(groupF), weights * groupF * padded(groupC)),
  };
}

/** Returns the total size of the buffers in 32-bit words, including the fields of the geometry. */
export function countConvolutionWorkspaceWords({
  padded: field,
  rows,
  offsets,
  panels,
}: ConvolutionBufferSizes): number {
  return FIELDS + field + rows + offsets + panels;
}

/**
 * Returns the size in bytes of the workspace that a convolution and its gradients need on one thread. It does
 * not depend on the number of images.
 */
export function computeConvolutionWorkspaceBytes(
  window: Window,
  groups: number,
  channels: number,
  filters: number,
): number {
  if (chooseConvolutionMethod(window, groups, channels, filters) === "direct") {
    const across = [
      { each: planBatchVectorizedForward(window, MANY, channels, filters), backward: false },
      { each: planBatchVectorizedInputGradient(window, MANY, channels, filters), backward: true },
    ].filter(({ each, backward }) => shouldVectorizeAcrossImages(each, groups, backward));
    const workspaceSizes = across.map(({ each }) => countBatchVectorizedWorkspaceWords(each));
    return (
      4 *
      Math.max(
        countConvolutionWorkspaceWords(computeConvolutionBufferSizes(window, groups, channels, filters)),
        ...workspaceSizes,
      )
    );
  }
  const forward = countWinogradWorkspaceWords(planWinogradForward(window, 1, channels, filters));
  return (
    4 *
    Math.max(forward, countWinogradWorkspaceWords(planWinogradInputGradient(window, 1, channels, filters)))
  );
}

/** Writes the geometry of a convolution to `words`, the workspace at `address`. */
export function writeGeometry(
  words: Int32Array,
  address: number,
  {
    window,
    groups,
    images,
    channels,
    filters,
  }: { window: Window; groups: number; images: number; channels: number; filters: number },
  sizes: ConvolutionBufferSizes,
): void {
  const afterFields = address + 4 * FIELDS;
  const rows = afterFields + 4 * sizes.padded;
  const offsets = rows + 4 * sizes.rows;
  const panels = offsets + 4 * sizes.offsets;
  words.set([
    images,
    window.height,
    window.width,
    channels,
    filters,
    groups,
    window.kernelHeight,
    window.kernelWidth,
    window.strideHeight,
    window.strideWidth,
    window.dilationHeight,
    window.dilationWidth,
    window.padTop,
    window.padLeft,
    window.outputHeight,
    window.outputWidth,
    afterFields,
    rows,
    offsets,
    panels,
  ]);
}

function padded(columns: number): number {
  return Math.ceil(columns / COLUMNS) * COLUMNS;
}
