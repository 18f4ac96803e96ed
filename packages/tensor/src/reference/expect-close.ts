import { expect } from "vitest";

/** Asserts that each number differs from the expected number by at most tolerance·max(1, |expected|). */
export function expectClose(got: Iterable<number>, expected: readonly number[], tolerance: number): void {
  const values = [...got];
  expect(values).toHaveLength(expected.length);
  for (const [i, value] of values.entries()) {
    expect(Math.abs(value - expected[i]!), `at ${i}: ${value}, expected ${expected[i]}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i]!)),
    );
  }
}
