import { describe, expect, test } from "vitest";

import type { Activation } from "../activation.ts";
import { float32Backend, float64Backend, tensor } from "./sample-tensors.ts";

describe("activations", () => {
  const all: readonly Activation[] = [
    { kind: "relu" },
    { kind: "leaky-relu", slope: 0.1 },
    { kind: "sigmoid" },
    { kind: "tanh" },
  ];

  test.each([
    { activation: all[0]!, at: [-2, -0, 0, 3], expected: [0, -0, 0, 3] },
    { activation: all[1]!, at: [-2, -0, 0, 3], expected: [-0.2, -0, 0, 3] },
    { activation: all[2]!, at: [-Infinity, 0, Infinity], expected: [0, 0.5, 1] },
    { activation: all[3]!, at: [-Infinity, -0, 0, Infinity], expected: [-1, -0, 0, 1] },
  ])("$activation.kind has its values", ({ activation, at, expected }) => {
    const x = tensor(float64Backend, [at.length], at);
    float64Backend.activate(activation, x, x); // in place is allowed
    expect([...x.data]).toEqual(expected);
  });

  test.each(all)("the derivative of $kind agrees with finite differences", (activation) => {
    const h = 1e-6;
    for (const x of [-3, -1.2, -0.01, 0.02, 0.7, 2.5]) {
      const y = tensor(float64Backend, [3], [x - h, x, x + h]);
      float64Backend.activate(activation, y, y);
      const slope = (y.data[2]! - y.data[0]!) / (2 * h);
      const dx = float64Backend.allocate([3]);
      float64Backend.activateBackward(activation, y, tensor(float64Backend, [3], [0, 2, 0]), dx);
      expect(dx.data[1]! / 2).toBeCloseTo(slope, 8);
    }
  });

  test.each(all)("$kind propagates NaN, forward and backward", (activation) => {
    const y = tensor(float32Backend, [2], [Number.NaN, -1]);
    float32Backend.activate(activation, y, y);
    expect(y.data[0]).toBeNaN();
    const dy = tensor(float32Backend, [2], [1, Number.NaN]);
    float32Backend.activateBackward(activation, y, dy, dy);
    expect(dy.data[1]).toBeNaN();
  });
});
