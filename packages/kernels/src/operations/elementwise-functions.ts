import type { ElementwiseFunction, Tensor } from "@nn/tensor";

import { BYTES_PER_FLOAT, FLOATS_PER_CACHE_LINE, type Engine } from "../engine.ts";
import { EXPENSIVE_ELEMENT_COST, type Split } from "../threads/split.ts";

/** out = f(x), elementwise; see `Backend.applyElementwise`. */
export function applyElementwise(engine: Engine, f: ElementwiseFunction, x: Tensor, out: Tensor): void {
  const code = codeOf(f);
  const [xAddress, outAddress] = [engine.address(x), engine.address(out)];
  engine.run(engine.kernels.bend, byNumbers(x), (from, to) => [
    ...code,
    xAddress + from * BYTES_PER_FLOAT,
    outAddress + from * BYTES_PER_FLOAT,
    to - from,
  ]);
}

/** out = dy · f′(x), elementwise; see `Backend.applyElementwiseBackward`. */
export function applyElementwiseBackward(
  engine: Engine,
  f: ElementwiseFunction,
  x: Tensor,
  dy: Tensor,
  out: Tensor,
): void {
  const code = codeOf(f);
  const [xAddress, dyAddress, outAddress] = [engine.address(x), engine.address(dy), engine.address(out)];
  engine.run(engine.kernels.bendBackward, byNumbers(x), (from, to) => [
    ...code,
    xAddress + from * BYTES_PER_FLOAT,
    dyAddress + from * BYTES_PER_FLOAT,
    outAddress + from * BYTES_PER_FLOAT,
    to - from,
  ]);
}

function byNumbers({ data }: Tensor): Split {
  return { extent: data.length, grain: FLOATS_PER_CACHE_LINE, work: EXPENSIVE_ELEMENT_COST * data.length };
}

/** The codes of the functions in the kernels. Keep them in sync with assembly/curves.ts. */
const codes = {
  gelu: 1,
  "gelu-tanh": 2,
  silu: 3,
  mish: 4,
  softplus: 5,
  "exponential-linear": 6,
  "hard-swish": 7,
} satisfies Record<ElementwiseFunction["kind"], number>;

/** Returns the code of a function in the kernels, and its two parameters (0 if unused). */
function codeOf(f: ElementwiseFunction): [code: number, first: number, second: number] {
  const code = codes[f.kind];
  if (f.kind === "softplus") return [code, f.beta, 0];
  if (f.kind === "exponential-linear") return [code, f.alpha, f.scale];
  return [code, 0, 0];
}
