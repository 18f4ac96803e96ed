import { createReferenceBackend, createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { testInitializer } from "../testing.ts";
import { truncatedNormal } from "./truncated-normal.ts";

// 1 − 4·φ(2) / (2·Φ(2) − 1), with φ(2) = 0.0539909665 and Φ(2) = 0.9772498681
const rest = 0.7737413;

testInitializer(truncatedNormal, [
  { variance: () => rest * 0.05 ** 2 },
  { options: { standardDeviation: 2 }, variance: () => rest * 4 },
]);

test("no weight is more than two standard deviations from 0", () => {
  const value = createReferenceBackend("float64").allocate([10_000]);
  const options = { standardDeviation: 0.5 };
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- an initializer's fill, not an array's
  truncatedNormal.fill(options, value, { fanIn: 3, fanOut: 3 }, createRng(3));
  const largest = Math.max(...value.data.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(1);
  expect(largest).toBeGreaterThan(0.99);
});
