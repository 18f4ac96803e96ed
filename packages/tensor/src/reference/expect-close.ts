import { expect } from "vitest";

/** Expects each number within `tolerance`, relative to the larger of 1 and the expected number. */
export function expectClose(got: Iterable<number>, expected: readonly number[], tolerance: number): void {
  const values = [...got];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) {
    expect(Math.abs(value - expected[i]!), `at ${i}: ${value}, expected ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
  }
}
