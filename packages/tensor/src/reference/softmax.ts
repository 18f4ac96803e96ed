import type { Softmax, SoftmaxBackward } from "../backend.ts";
import { exp } from "../math/exp.ts";

/**
 * out = e^(scale·x) / Σ e^(scale·x), with the sum over the row. Subtracting the row's maximum first prevents
 * overflow. The results are rounded when they are stored.
 */
export function softmax({ x, columns, scale, causal = false, out }: Softmax): void {
  const e = new Float64Array(columns);
  for (let row = 0; row * columns < x.data.length; row++) {
    const first = row * columns;
    const count = causal ? (row % columns) + 1 : columns;
    let m = x.data[first]!;
    for (let c = 1; c < count; c++) if (x.data[first + c]! > m) m = x.data[first + c]!;
    for (let c = 0; c < count; c++) e[c] = exp(scale * (x.data[first + c]! - m));
    const sum = sumInLanes(count, (c) => e[c]!);
    for (let c = 0; c < columns; c++) out.data[first + c] = c < count ? e[c]! / sum : 0;
  }
}

/** dx = scale·y·(dy − Σ dy·y), with the sum over the row. */
export function softmaxBackward({ y, dy, columns, scale, out }: SoftmaxBackward): void {
  for (let first = 0; first < y.data.length; first += columns) {
    const common = sumInLanes(columns, (c) => dy.data[first + c]! * y.data[first + c]!);
    for (let i = first; i < first + columns; i++) {
      out.data[i] = scale * y.data[i]! * (dy.data[i]! - common);
    }
  }
}

/** Returns Σ term(c) for c < count: lane sₗ sums every fourth term from l on, then (s₀ + s₁) + (s₂ + s₃). */
function sumInLanes(count: number, term: (c: number) => number): number {
  const lanes: [number, number, number, number] = [0, 0, 0, 0];
  for (let c = 0; c < count; c++) lanes[c & 3]! += term(c);
  return lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
