import { readFileSync } from "node:fs";
import { expect, expectTypeOf, test } from "vitest";

import { compileModule, instantiateKernels, listKernels, type Kernels } from "./module.ts";

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16384, shared: true });
const kernels = instantiateKernels(compileModule("test"), memory);

test("the compiled kernels match the names and parameter counts of their declarations", () => {
  const description = readFileSync(new URL("../dist/kernels.d.ts", import.meta.url), "utf8");
  const described = Array.from(
    description.matchAll(/^ {2}export function (\w+)\((.*)\): \w+;$/gm),
    ([, name = "", parameters = ""]) =>
      [name, parameters === "" ? 0 : parameters.split(", ").length] as const,
  );
  const compiled = Object.entries(kernels).flatMap(([name, kernel]) =>
    typeof kernel === "function" ? [[name, kernel.length] as const] : [],
  );
  expect(described).toEqual(compiled);
  expect(described).toContainEqual(["adamStep", 14]);
  expect(listKernels(kernels).length).toBe(described.length);
});

test("a kernel has the parameter order of the assembly, with booleans as numbers", () => {
  expectTypeOf<Kernels["activate"]>().toEqualTypeOf<
    (kind: number, slope: number, x: number, out: number, length: number) => void
  >();
  expectTypeOf<Parameters<Kernels["sgdStep"]>["length"]>().toEqualTypeOf<8>();
  expectTypeOf<Parameters<Kernels["sgdStep"]>[6]>().toEqualTypeOf<number>();
  expectTypeOf<Kernels["anyInfinite"]>().returns.toEqualTypeOf<number>();

  // `nesterov` is the seventh argument. With it and zero velocity, the step is lr·(g + momentum·g); without
  // it, lr·g.
  const [value, gradient, velocity] = [0, 64, 128].map((offset) => kernels.heapBase() + offset);
  const numbers = new Float32Array(memory.buffer);
  numbers[gradient! / 4] = 1;
  kernels.sgdStep(value!, gradient!, velocity!, 1, 0.5, 0.25, 1, 0);
  expect(numbers[value! / 4]).toBe(-0.625);
});
