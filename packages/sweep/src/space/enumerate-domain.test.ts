import fc from "fast-check";
import { expect, test } from "vitest";
import { countedRange, floatRange, intRange, steppedRange } from "../testing/arbitraries.ts";
import type { Domain } from "./domain.ts";
import { enumerateDomain } from "./enumerate-domain.ts";

test.for([
  [{ type: "bool" }, [false, true]],
  [{ type: "float", min: 0.1, max: 0.5, step: 0.1 }, [0.1, 0.2, 0.3, 0.4, 0.5]],
  [{ type: "int", min: 16, max: 64, step: 16 }, [16, 32, 48, 64]],
  [{ type: "float", min: 0, max: 1, count: 4 }, [0, 0.333333, 0.666667, 1]],
  [{ type: "float", min: 0.1, max: 0.7, count: 7 }, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]],
  [{ type: "float", min: 1, max: 1.0000004, count: 5 }, [1, 1.0000001, 1.0000002, 1.0000003, 1.0000004]],
  [{ type: "float", min: -1.7e308, max: 1.7e308, count: 3 }, [-1.7e308, 0, 1.7e308]],
  [{ type: "float", min: 1e-4, max: 1, scale: "log", count: 5 }, [1e-4, 1e-3, 1e-2, 1e-1, 1]],
  [{ type: "int", min: 16, max: 512, scale: "log", count: 6 }, [16, 32, 64, 128, 256, 512]],
  [{ type: "float", min: 1e-8, max: 1, scale: "log", count: 5 }, [1e-8, 1e-6, 1e-4, 1e-2, 1]],
  [{ type: "float", min: -0.3, max: 0.3, step: 0.1 }, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]],
  [{ type: "float", min: -0.3, max: 0.4, count: 8 }, [-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3, 0.4]],
  [{ type: "float", min: -1, max: 1.0001, count: 3 }, [-1, 0.00005, 1.0001]],
  [{ type: "int", min: -1, max: 1, count: 6 }, [-1, 0, 1]],
  [{ type: "int", min: -0, max: 1, step: 1 }, [0, 1]],
  [{ type: "int", min: 1, max: 4, count: 10 }, [1, 2, 3, 4]],
] satisfies [Domain, unknown[]][])("%j is %j", ([domain, values]) => {
  expect(enumerateDomain(domain)).toEqual(values);
});

test("a step or a count gives both ends, and ascending values between them", () => {
  fc.assert(
    fc.property(fc.oneof(steppedRange, countedRange), (range) => {
      const values = (enumerateDomain(range) ?? []).map(Number);
      expect(values[0] === range.min && values.at(-1) === range.max).toBe(true);
      expect(values.every((value, index) => index === 0 || value > values[index - 1]!)).toBe(true);
      expect(range.type === "float" || values.every(Number.isSafeInteger)).toBe(true);
      expect(values.length).toBeLessThanOrEqual(range.count ?? Infinity);
    }),
  );
});

test("a range that passes through 0 contains exactly 0, and never −0", () => {
  const hundredths = fc.integer({ min: 1, max: 1000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      hundredths,
      fc.constantFrom(10, 100, 1000),
      (below, above, step, unit) => {
        const range = { type: "float", min: -(below * step) / unit, max: (above * step) / unit } as const;
        const isZero = (value: unknown): boolean => Object.is(value, 0);
        for (const more of [{ step: step / unit }, { count: below + above + 1 }]) {
          const values = enumerateDomain({ ...range, ...more }) ?? [];
          expect(values.map(isZero).indexOf(true)).toBe(below);
          expect(values.some((value) => Object.is(value, -0))).toBe(false);
        }
      },
    ),
  );
});

test("a step gives as many values as fit, one step apart", () => {
  fc.assert(
    fc.property(steppedRange, (range) => {
      const values = (enumerateDomain(range) ?? []).map(Number);
      const step = range.step ?? 0;
      expect(values).toHaveLength(Math.round((range.max - range.min) / step) + 1);
      for (const [index, value] of values.slice(1).entries())
        expect(Math.abs(value - values[index]! - step)).toBeLessThan(step * 1e-6);
    }),
  );
});

test("a range without step or count has no list of values", () => {
  fc.assert(
    fc.property(fc.oneof(floatRange, intRange), (range) => {
      expect(enumerateDomain(range)).toBeUndefined();
    }),
  );
});
