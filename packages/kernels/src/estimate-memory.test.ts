import type { Backend } from "@nn/tensor";
import { expect, test } from "vitest";

import { estimateMemoryBytes } from "./estimate-memory.ts";
import { WasmBackend } from "./wasm-backend.ts";

const PAGE = 65_536;

/** Returns whether `bytes` of memory suffice for `build`. The kernels themselves need at most two pages. */
function hasRoom(build: (backend: Backend) => void, bytes: number): boolean {
  try {
    build(new WasmBackend("wasm-simd128", Math.ceil(bytes / PAGE)));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

test.each<[string, (backend: Backend) => void]>([
  ["tensors", (backend) => backend.allocate([1000, 1000])],
  ["whole numbers", (backend) => backend.allocateIntegers(1_000_000)],
  ["bytes", (backend) => backend.allocateBytes(4_000_000)],
  ["a sparsity pattern", (backend) => backend.createSparsityPattern(1000, 800, 64)],
])("counts %s as the kernels allocate them", (_what, build) => {
  const need = estimateMemoryBytes(build);
  expect(hasRoom(build, need - PAGE)).toBe(false);
  expect(hasRoom(build, need + 3 * PAGE)).toBe(true);
});

/** Large weights and small images, so that most of the memory is workspace. */
function windowOf(size: number) {
  const [image, kernel] = [
    { height: 5, width: 5 },
    { kernelHeight: size, kernelWidth: size },
  ];
  const steps = { strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 };
  const outputs = { padTop: 1, padLeft: 1, outputHeight: 8 - size, outputWidth: 8 - size };
  return Object.assign(image, kernel, steps, outputs);
}

test.each([
  ["term by term", 5],
  ["in tiles", 3],
])("the workspace of a convolution %s and its gradients fits in the count", (_how, size) => {
  const [C, F] = [200, 250];
  const [image, y] = [
    [2, 5, 5, C],
    [2, 8 - size, 8 - size, F],
  ];
  const place = { window: windowOf(size), groups: 1 };
  const prepare = (backend: Backend) => {
    const tensors = [image, y, [size, size, C, F]].map((shape) => backend.allocate(shape));
    backend.prepareConvolution(place.window, 1, C, F);
    return tensors;
  };
  const build = (backend: Backend) => {
    const [x, out, weight] = prepare(backend);
    backend.convolve({ ...place, x: x!, weight: weight!, out: out! });
    backend.convolveWeightGradient({ ...place, x: x!, dy: out!, dw: weight! });
    backend.convolveInputGradient({ ...place, dy: out!, weight: weight!, dx: x! });
  };
  const need = estimateMemoryBytes(prepare);
  expect(hasRoom(build, need - PAGE)).toBe(false);
  expect(hasRoom(build, need + 3 * PAGE)).toBe(true);
});

test("does not count sparse matrices that the kernels would not create", () => {
  expect(estimateMemoryBytes((backend) => backend.createSparsityPattern(1000, 800, 10))).toBe(0);
});
