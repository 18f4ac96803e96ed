import fc from "fast-check";
import { expect, test } from "vitest";

import { readGolden, relativeError } from "../../test/golden.ts";
import { studentTCriticalValue, studentTPValue } from "./distributions.ts";

const {
  student,
}: {
  student: readonly { df: number; significance: number; critical: number }[];
} = readGolden("comparison");

test.each(student)("t with $df degrees of freedom at $significance is mpmath's", (values) => {
  const { df, significance, critical } = values;
  const bound = df <= 100 ? 1e-12 : 1e-9;
  expect(relativeError(studentTCriticalValue(significance, df), critical)).toBeLessThan(bound);
  expect(relativeError(studentTPValue(critical, df), significance)).toBeLessThan(bound);
});

test("with one degree of freedom, the distribution is Cauchy's", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (t) => {
      const closedForm = (2 / Math.PI) * Math.atan(1 / t);
      expect(relativeError(studentTPValue(t, 1), closedForm)).toBeLessThan(1e-12);
    }),
  );
});

test("extreme t neither overflow nor become NaN", () => {
  expect(studentTPValue(0, 3)).toBe(1);
  expect(studentTPValue(1e200, 3)).toBe(0);
  expect(studentTPValue(-1e200, 3)).toBe(0);
});
