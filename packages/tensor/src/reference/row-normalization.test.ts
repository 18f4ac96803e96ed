import { expect, test } from "vitest";

import { createRng } from "../rng.ts";
import { float32Backend, float64Backend, tensor } from "./sample-tensors.ts";

test("a row is normalized to mean 0 and variance 1, then scaled and shifted", () => {
  const [mean, scale, out] = [
    float64Backend.allocate([2]),
    float64Backend.allocate([2]),
    float64Backend.allocate([2, 4]),
  ];
  float64Backend.normalizeRows({
    x: tensor(float64Backend, [2, 4], [1, 3, 1, 3, 10, 10, 20, 20]),
    weight: tensor(float64Backend, [4], [1, 1, 2, 2]),
    bias: tensor(float64Backend, [4], [0, 0, 0, 7]),
    epsilon: 1e-300,
    mean,
    scale,
    out,
  });
  expect([...mean.data]).toEqual([2, 15]);
  expect([...scale.data]).toEqual([1, 0.2]);
  expect([...out.data]).toEqual([-1, 1, -2, 9, -1, -1, 2, 9]);
});

test("without a mean, a row is normalized to mean square 1", () => {
  const [scale, out] = [float64Backend.allocate([1]), float64Backend.allocate([1, 2])];
  const [weight, bias] = [tensor(float64Backend, [2], [1, 1]), float64Backend.allocate([2])];
  const x = tensor(float64Backend, [1, 2], [4, 4]);
  float64Backend.normalizeRows({ x, weight, bias, epsilon: 1e-300, scale, out });
  expect([...scale.data]).toEqual([0.25]);
  expect([...out.data]).toEqual([1, 1]);
});

test("the input gradient is orthogonal to the all-ones vector and to the row, for any dy", () => {
  const [R, D] = [3, 700];
  const rng = createRng(8);
  const random = () =>
    tensor(
      float64Backend,
      [R, D],
      Array.from({ length: R * D }, () => rng.normal()),
    );
  const [x, dy, out] = [random(), random(), float64Backend.allocate([R, D])];
  const [mean, scale] = [float64Backend.allocate([R]), float64Backend.allocate([R])];
  const weight = tensor(
    float64Backend,
    [D],
    Array.from({ length: D }, () => rng.normal()),
  );
  float64Backend.normalizeRows({
    x,
    weight,
    bias: float64Backend.allocate([D]),
    epsilon: 1e-300,
    mean,
    scale,
    out,
  });
  float64Backend.normalizeRowsBackward({ x, dy, weight, mean, scale, out });
  for (let row = 0; row < R; row++) {
    let sum = 0;
    let projection = 0;
    for (let i = row * D; i < (row + 1) * D; i++) {
      sum += out.data[i]!;
      projection += out.data[i]! * x.data[i]!;
    }
    expect(sum).toBeCloseTo(0, 10);
    expect(projection).toBeCloseTo(0, 10);
  }
});

test("for float32 rows around 1000, the mean is within 2e-4 and the scale within 1e-6", () => {
  const D = 25_088;
  const rng = createRng(9);
  const x = tensor(
    float32Backend,
    [1, D],
    Array.from({ length: D }, () => 1000 + rng.normal()),
  );
  const [mean, scale] = [float32Backend.allocate([1]), float32Backend.allocate([1])];
  const [weight, bias] = [float32Backend.allocate([D]), float32Backend.allocate([D])];
  float32Backend.normalizeRows({
    x,
    weight,
    bias,
    epsilon: 1e-5,
    mean,
    scale,
    out: float32Backend.allocate([1, D]),
  });
  const numbers = Array.from(x.data);
  const exactMean = numbers.reduce((sum, value) => sum + value, 0) / D;
  const exactVariance = numbers.reduce((sum, value) => sum + (value - exactMean) ** 2, 0) / D;
  expect(Math.abs(mean.data[0]! - exactMean)).toBeLessThan(2e-4);
  expect(Math.abs(scale.data[0]! * Math.sqrt(exactVariance + 1e-5) - 1)).toBeLessThan(1e-6);
});
