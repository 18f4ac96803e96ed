import { completeOptions, formatOptions } from "@nn/catalog/testing/complete-options";
import { createRng, type Backend, type FloatArray, type Shape } from "@nn/tensor";
import { describe, expect, test } from "vitest";

import type { InitializerDefinition } from "../definition.ts";
import { float64ReferenceBackend, fastBackends, referenceBackend } from "./backends.ts";
import { sumTerms } from "./numbers.ts";

/** One configuration of an initializer for the contract suite. */
export interface InitializerConfiguration {
  readonly options?: Record<string, unknown>;
  /**
   * Whether the values depend on the shape, not only on the number of elements. If so, the initializer is
   * tested with the shape (200, 300).
   */
  readonly readsShape?: boolean;
  /** Returns the variance that the weights should have. */
  readonly variance: (fan: { readonly fanIn: number; readonly fanOut: number }) => number;
}

/**
 * Defines the tests that every initializer must pass. Call it in a vitest file, with the configurations to
 * test.
 */
export function testInitializer(
  definition: InitializerDefinition,
  configurations: readonly InitializerConfiguration[],
): void {
  for (const { options = {}, readsShape = false, variance } of configurations) {
    const fill = (backend: Backend, shape: readonly number[], fan = { fanIn: 200, fanOut: 300 }) => {
      const value = backend.allocate(shape);
      definition.fill(completeOptions(definition, options), value, fan, createRng(29));
      return value.data;
    };

    describe(`${definition.type} ${formatOptions(options)}`, () => {
      test.each([
        { fanIn: 200, fanOut: 300 },
        { fanIn: 50, fanOut: 10 },
      ])("weights have the variance of the method, fanIn $fanIn, fanOut $fanOut", (fan) => {
        const weights = fill(float64ReferenceBackend, readsShape ? [200, 300] : [60_000], fan);
        const mean = sumTerms(weights, (w) => w) / weights.length;
        const spread = sumTerms(weights, (w) => (w - mean) ** 2) / weights.length;
        // For 60,000 draws, the standard error is σ/245 for the mean and below 0.6 % for the variance. The
        // test allows five standard errors.
        expect(Math.abs(mean)).toBeLessThanOrEqual(5 * Math.sqrt(variance(fan) / weights.length));
        expect(Math.abs(spread - variance(fan))).toBeLessThanOrEqual(0.03 * variance(fan));
      });

      if (!readsShape) testRowMajor((shape) => fill(referenceBackend, shape));

      test("every weight is set", () => {
        const value = referenceBackend.allocate([5, 8]);
        // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a number
        value.data.fill(NaN);
        definition.fill(
          completeOptions(definition, options),
          value,
          { fanIn: 200, fanOut: 300 },
          createRng(29),
        );
        expect(value.data.every(Number.isFinite)).toBe(true);
      });

      test("draws the same weights from the same stream", () => {
        expect(fill(referenceBackend, [40])).toEqual(fill(referenceBackend, [40]));
      });

      test.each(fastBackends)("the same bytes on $name as on the reference", (backend) => {
        expect(fill(backend, [40])).toEqual(fill(referenceBackend, [40]));
      });
    });
  }
}

function testRowMajor(fill: (shape: Shape) => FloatArray): void {
  test("draws in row-major order for any shape", () => {
    expect(fill([4, 6])).toEqual(fill([24]));
  });
}
