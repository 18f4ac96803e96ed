import type { Backend } from "@nn/tensor";
import { expect, test } from "vitest";

import { memoryNeed } from "./memory-need.ts";
import { WasmBackend } from "./wasm-backend.ts";

const PAGE = 65_536;

/** Whether `build` finds room in `bytes` beside what the kernels themselves take, at most two pages. */
function hasRoom(build: (backend: Backend) => void, bytes: number): boolean {
  try {
    build(new WasmBackend("wasm-plain", Math.ceil(bytes / PAGE)));
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
  ["lists of non-zeros", (backend) => backend.createNonZeros(1000, 800, 64)],
])("%s are counted as the kernels lay them out", (_what, build) => {
  const need = memoryNeed(build);
  expect(hasRoom(build, need - PAGE)).toBe(false);
  expect(hasRoom(build, need + 3 * PAGE)).toBe(true);
});

test("lists that the kernels would not make are not counted", () => {
  expect(memoryNeed((backend) => backend.createNonZeros(1000, 800, 10))).toBe(0);
});
