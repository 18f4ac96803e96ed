import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseConstraint } from "./constraint.ts";
import type { DomainSpecs } from "./domain.ts";
import { proposeCombinations } from "../sweep.ts";

/** The exact decimal units · 10^(−places). */
interface Decimal {
  readonly units: bigint;
  readonly places: number;
}

interface Expression {
  readonly text: string;
  readonly exact: Decimal;
}

function written({ units, places }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const whole = digits.slice(0, digits.length - places);
  const text = places === 0 ? whole : `${whole}.${digits.slice(digits.length - places)}`;
  return units < 0n ? `-${text}` : text;
}

const toPlaces = ({ units, places }: Decimal, more: number): bigint => units * 10n ** BigInt(more - places);

function combined(a: Expression, operator: "+" | "-" | "*", b: Expression): Expression {
  const text = `(${a.text} ${operator} ${b.text})`;
  if (operator === "*") {
    const { units, places } = a.exact;
    return { text, exact: { units: units * b.exact.units, places: places + b.exact.places } };
  }
  const places = Math.max(a.exact.places, b.exact.places);
  const [x, y] = [toPlaces(a.exact, places), toPlaces(b.exact, places)];
  return { text, exact: { units: operator === "+" ? x + y : x - y, places } };
}

const decimal = fc.record({
  units: fc.integer({ min: 0, max: 999 }).map(BigInt),
  places: fc.integer({ min: 0, max: 3 }),
});

const [x, y] = ["optimizer.learningRate", "optimizer.momentum"];
const parameters: DomainSpecs = {
  [x]: { type: "float", min: 0, max: 1000 },
  [y]: { type: "float", min: 0, max: 1000 },
};

const operators = {
  "<": (order: bigint) => order < 0n,
  "<=": (order: bigint) => order <= 0n,
  ">": (order: bigint) => order > 0n,
  ">=": (order: bigint) => order >= 0n,
  "==": (order: bigint) => order === 0n,
  "!=": (order: bigint) => order !== 0n,
} as const;
const operator = fc.constantFrom(
  "<" as const,
  "<=" as const,
  ">" as const,
  ">=" as const,
  "==" as const,
  "!=" as const,
);

test("decimals are added, subtracted, multiplied and compared exactly, at and next to equality", () => {
  const arithmetic = fc.constantFrom("+" as const, "-" as const, "*" as const);
  const step = fc.constantFrom(-1n, 0n, 0n, 1n);
  fc.assert(
    fc.property(
      fc.tuple(decimal, decimal, decimal),
      arithmetic,
      arithmetic,
      operator,
      step,
      ([a, b, c], first, second, compare, away) => {
        const swept = { [x]: Number(written(a)), [y]: Number(written(b)) };
        const named = combined({ text: x, exact: a }, first, { text: y, exact: b });
        const left = combined(named, second, { text: written(c), exact: c });
        // The right side equals the left one exactly, or differs from it by one in its last decimal place.
        const right = { units: left.exact.units + away, places: left.exact.places };
        const constraint = parseConstraint(`${left.text} ${compare} ${written(right)}`, parameters);
        expect(constraint.holds(swept)).toBe(operators[compare](-away));
        const turned = parseConstraint(`${written(right)} ${compare} ${left.text}`, parameters);
        expect(turned.holds(swept)).toBe(operators[compare](away));
        const negative = parseConstraint(`-${left.text} ${compare} -(${written(right)})`, parameters);
        expect(negative.holds(swept)).toBe(operators[compare](away));
      },
    ),
    { numRuns: 1000 },
  );
});

test("x / y * y is x, and a whole multiple of y has remainder 0", () => {
  const whole = fc.integer({ min: 0, max: 99 });
  const divisor = decimal.filter(({ units }) => units > 0n);
  const positive: DomainSpecs = { ...parameters, [y]: { type: "float", min: 0.001, max: 1000 } };
  fc.assert(
    fc.property(decimal, divisor, whole, (a, b, times) => {
      const multiple = Number(written({ units: b.units * BigInt(times), places: b.places }));
      const values = { [x]: Number(written(a)), [y]: Number(written(b)) };
      const holds = (text: string, swept = values): boolean => parseConstraint(text, positive).holds(swept);
      expect(holds(`${x} / ${y} * ${y} == ${x}`)).toBe(true);
      expect(holds(`${x} % ${y} == 0`, { ...values, [x]: multiple })).toBe(true);
      expect(holds(`${x} / ${y} == ${times}`, { ...values, [x]: multiple })).toBe(true);
      expect(holds(`(${x} - ${x} % ${y}) % ${y} == 0`)).toBe(true);
    }),
  );
});

test("a division by 0 that only a trial shows satisfies no order", () => {
  const derivedVariables = { "model.parameters": () => 0 };
  const holds = (text: string, value: number): boolean =>
    parseConstraint(text, parameters, derivedVariables).holds({ [x]: value, [y]: 0 });
  for (const operator of ["<", "<=", ">", ">=", "=="]) {
    expect(holds(`${x} / model.parameters ${operator} 1`, 2)).toBe(false);
    expect(holds(`-${x} / model.parameters ${operator} 1`, 2)).toBe(false);
    expect(holds(`${x} / model.parameters ${operator} 1`, 0)).toBe(false);
    expect(holds(`${x} % model.parameters ${operator} 1`, 2)).toBe(false);
  }
});

test.for([
  ["1.0000000000000000000000001", false, true],
  ["0.99999999999999999999999999", false, false],
  ["1.00000000000000000000000000", true, false],
  ["100e-2", true, false],
] as const)("%s is exactly what is written", ([text, isEqual, isGreater]) => {
  const holds = (constraint: string): boolean =>
    parseConstraint(constraint, parameters).holds({ [x]: 1, [y]: 0 });
  expect(holds(`${x} == ${text}`)).toBe(isEqual);
  expect(holds(`${text} == ${x}`)).toBe(isEqual);
  expect(holds(`${x} < ${text}`)).toBe(isGreater);
  expect(holds(`${x} * 9007199254740993 == ${x} * 9007199254740992`)).toBe(false);
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return "";
  } catch (error) {
    return String(error);
  }
}

test("a divisor that is known to be 0 in some trials is refused, any other is not", () => {
  const parse = (divisor: DomainSpecs[string], operator: "/" | "%"): unknown =>
    parseConstraint(`${x} ${operator} ${y} < 1`, { ...parameters, [y]: divisor });
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  fc.assert(
    fc.property(number, fc.double({ min: 0, max: 10 }), fc.constantFrom("/", "%"), (min, width, operator) => {
      const range = { type: "float", min, max: min + width } as const;
      const isRefused = messageOf(() => parse(range, operator)).includes("which can be 0");
      // The maximum is not in the range.
      expect(isRefused).toBe(range.min === 0 || (range.min < 0 && range.max > 0));
    }),
  );
  for (const zeros of [[0, 0.5], { type: "choice", values: [0.5, 0] }] as const)
    expect(() => parse(zeros, "/")).toThrow(`${y}, which can be 0`);
  expect(() => parse([0.5, 0.9], "%")).not.toThrow();
  expect(() => parseConstraint(`${x} / 0 < 1`, parameters)).toThrow("divides by 0; write another divisor");
});

const units: DomainSpecs = {
  units: [3, 8],
  size: { type: "int", min: 10, max: 12 },
  rate: { type: "float", min: 0, max: 1 },
  many: { type: "int", min: 1, max: 2000 },
  step: { type: "float", min: 0.1, max: 0.5, step: 0.1 },
  pool: [null, 2],
  optimizer: [{ type: "sgd", momentum: { type: "choice", values: [0, 0.9] } }, { type: "adam" }],
};

test.for([
  "units - 3",
  "(size - 10)",
  "-(8 - units)",
  "units - units",
  "0 * 1",
  "(0.3 - 0.1 - 0.2)",
  "(rate - 0.5)",
  "(step - 0.3)",
  "(units - 3) * (size + 1)",
  "optimizer.momentum",
  "-optimizer.momentum",
  "(units % 2)",
  "(pool - 2)",
  "(many % 7)",
  "(many - 1234)",
  "(rate - 0.5) * (units - 5)",
])("the divisor %s is refused, because it is 0 in some trials", (divisor) => {
  for (const operator of ["/", "%"])
    expect(() => parseConstraint(`units ${operator} (${divisor}) > 1`, units)).toThrow(
      / divides by .*, which (is|can be) 0; (write (another divisor|the constraint without)|multiply the other side)/,
    );
});

test.for([
  "units - 4",
  "(size - 9)",
  "(2 * size - 21)",
  "(1 - rate)",
  "(step - 0.35)",
  "(rate + 0.1)",
  "(optimizer.momentum + 1)",
  "(units % 2 + 1)",
  "(pool - 1)",
  "(rate + 0.1) * (units - 5)",
  "(many - 500.5)",
  "0.1",
])("the divisor %s is accepted, because it is 0 in no trial", (divisor) => {
  expect(() => parseConstraint(`units / (${divisor}) > 1`, units)).not.toThrow();
});

test.for<[constraint: string, pairs: string]>([
  [`${x} + ${y} <= 0.3`, "0.1 0, 0.1 0.2, 0.2 0, 0.3 0"],
  [`3 * ${x} <= 0.3`, "0.1 0, 0.1 0.2"],
  [`${x} == 0.1 * 3`, "0.3 0, 0.3 0.2"],
  [`${x} - ${y} == 0.1`, "0.1 0, 0.3 0.2"],
  [`${x} % 0.2 == 0`, "0.2 0, 0.2 0.2, 0.4 0, 0.4 0.2"],
  [`${x} / 3 == 0.1`, "0.3 0, 0.3 0.2"],
])("a grid of decimals with the constraint %s has the pairs %s", ([constraint, pairs]) => {
  const found = proposeCombinations(
    {
      sampler: { type: "grid" },
      parameters: { [x]: { type: "float", min: 0.1, max: 0.5, step: 0.1 }, [y]: [0, 0.2] },
      constraints: [constraint],
    },
    createRng(1),
    1,
  );
  expect(found.map(({ parameters: each }) => Object.values(each).map(Number).join(" ")).join(", ")).toBe(
    pairs,
  );
});
