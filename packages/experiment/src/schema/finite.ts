import { formatYamlValue } from "./json-schema.ts";
import { formatPath, isRecord, type Path } from "@nn/training";
import type { SchemaError } from "./schema-problems.ts";

/** Largest number of an experiment. A number beyond 3.4 · 10³⁸ is infinite for the kernels. */
const LARGEST = "3.4e38";

/** Smallest number above 0 of an experiment. A smaller one is 0 for the kernels. */
const SMALLEST = "1.4e-45";

/**
 * Adds an error for each number that is not finite as float32, or that becomes 0 as float32. If the number
 * itself is infinite or NaN, this error replaces the schema's errors at the same path. Otherwise it is added
 * only if the schema reports no error at this path.
 */
export function checkFiniteNumbers(data: unknown, errors: readonly SchemaError[]): SchemaError[] {
  const reported = new Set(errors.map(({ path }) => formatPath(path)));
  const numbers = findUnusableNumbers(data, []);
  const added = numbers.filter(({ isFinite, error }) => !isFinite || !reported.has(formatPath(error.path)));
  const replaced = new Set(added.map(({ error }) => formatPath(error.path)));
  return [
    ...errors.filter(({ path }) => !replaced.has(formatPath(path))),
    ...added.map(({ error }) => error),
  ];
}

interface UnusableNumber {
  readonly isFinite: boolean;
  readonly error: SchemaError;
}

function findUnusableNumbers(value: unknown, path: Path): UnusableNumber[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) => findUnusableNumbers(each, [...path, index]));
  }
  if (isRecord(value)) {
    return Object.entries(value).flatMap(([key, each]) => findUnusableNumbers(each, [...path, key]));
  }
  if (typeof value !== "number") return [];
  const rounded = Math.fround(value);
  const isLost = rounded === 0 && value !== 0;
  if (Number.isFinite(rounded) && !isLost) return [];
  const name = formatPath(path);
  if (isLost) {
    const message = `${name} cannot be ${formatYamlValue(value)}: networks compute in float32, in which it is 0`;
    return [
      {
        isFinite: true,
        error: { path, message, expected: `an absolute value of at least ${SMALLEST}` },
      },
    ];
  }
  if (Number.isFinite(value)) {
    const given = formatYamlValue(value);
    const message = `${name} cannot be ${given}: networks compute in float32, in which it is infinite`;
    return [{ isFinite: true, error: { path, message, expected: `a number within ±${LARGEST}` } }];
  }
  const what = Number.isNaN(value) ? "not a number" : "infinite";
  const message = `${name} cannot be ${formatYamlValue(value)}, which is ${what}`;
  return [{ isFinite: false, error: { path, message, expected: "a finite number" } }];
}
