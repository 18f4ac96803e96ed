import fc from "fast-check";
import {
  isList,
  type Choices,
  type Domain,
  type FloatRange,
  type IntRange,
  type DomainSpec,
  type DomainSpecs,
} from "../space/domain.ts";

const scale = fc.constantFrom("linear" as const, "log" as const);
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const positive = fc.double({ min: Number.MIN_VALUE, max: Number.MAX_VALUE, noNaN: true });

/** A float range, linear or logarithmic. */
export const floatRange: fc.Arbitrary<FloatRange> = scale
  .chain((kind) =>
    fc.tuple(
      fc.constant(kind),
      fc.uniqueArray(kind === "log" ? positive : finite, { minLength: 2, maxLength: 2 }),
    ),
  )
  .filter(([, [a, b]]) => a !== b) // −0 and 0 are one bound
  .map(([kind, [a = 0, b = 0]]) => ({
    type: "float",
    min: Math.min(a, b),
    max: Math.max(a, b),
    scale: kind,
  }));

/** An int range, linear or logarithmic. */
export const intRange: fc.Arbitrary<IntRange> = scale
  .chain((kind) =>
    fc.tuple(
      fc.constant(kind),
      fc.uniqueArray(kind === "log" ? fc.maxSafeNat().map((n) => Math.max(n, 1)) : fc.maxSafeInteger(), {
        minLength: 2,
        maxLength: 2,
      }),
    ),
  )
  .map(([kind, [a = 0, b = 0]]) => ({ type: "int", min: Math.min(a, b), max: Math.max(a, b), scale: kind }));

/** A list of up to five values. */
export const choices: fc.Arbitrary<Choices> = fc.uniqueArray(
  fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
  {
    minLength: 1,
    maxLength: 5,
  },
);

const steps = fc.integer({ min: 1, max: 50 });

/** A range with a step. */
export const steppedRange: fc.Arbitrary<FloatRange | IntRange> = fc.oneof(
  fc
    .tuple(fc.integer({ min: -100, max: 100 }), fc.constantFrom(0.001, 0.1, 0.25, 1, 7.5), steps)
    .map(([start, step, count]) => ({
      type: "float" as const,
      min: start / 10,
      max: start / 10 + step * count,
      step,
    })),
  fc
    .tuple(fc.integer({ min: -100, max: 100 }), fc.integer({ min: 1, max: 9 }), steps)
    .map(([min, step, count]) => ({ type: "int" as const, min, max: min + step * count, step })),
);

/** A range with a count of values. */
export const countedRange: fc.Arbitrary<FloatRange | IntRange> = fc
  .tuple(fc.oneof(floatRange, intRange), fc.integer({ min: 2, max: 50 }))
  .map(([range, count]) => Object.assign({}, range, { count }));

/** Any domain of one parameter. */
export const domain: fc.Arbitrary<Domain> = fc.oneof(
  choices,
  floatRange,
  intRange,
  steppedRange,
  countedRange,
  fc.constant({ type: "bool" as const }),
);

const path = fc.oneof(
  fc.constantFrom("__proto__", "optimizer.learningRate", "model.layers[1].units"),
  fc.string(),
);

/** Up to four swept paths, each with a domain of this kind. */
export function createSweptPaths<D extends Domain>(
  domains: fc.Arbitrary<D>,
): fc.Arbitrary<Record<string, D>> {
  return fc
    .uniqueArray(fc.tuple(path, domains), { selector: ([name]) => name, maxLength: 4 })
    .map((entries) => Object.fromEntries(entries));
}

/** Swept blocks whose options contain nested domains, up to some depth. */
export const domainSpecs: fc.Arbitrary<DomainSpecs> = fc
  .uniqueArray(fc.tuple(fc.constantFrom("a", "b.c", "d[1]"), nestedDomain(2)), {
    selector: ([name]) => name,
    minLength: 1,
  })
  .map((entries) => Object.fromEntries(entries));

function nestedDomain(depth: number): fc.Arbitrary<DomainSpec> {
  const flat = fc.oneof(floatRange, intRange, fc.constant({ type: "bool" as const }));
  if (depth === 0) return flat;
  const value = fc.oneof(
    fc.integer(),
    nestedDomain(depth - 1).map((each) => (isList(each) ? { type: "choice", values: each } : each)),
  );
  const block = fc
    .tuple(fc.constantFrom("sgd", "adam", "dense"), fc.dictionary(fc.constantFrom("x", "y"), value))
    .map(([type, options]) => Object.assign(options, { type }));
  const options = fc.uniqueArray(fc.oneof(block, fc.array(block, { minLength: 1, maxLength: 2 })), {
    selector: (option) => JSON.stringify(option),
    minLength: 1,
    maxLength: 3,
  });
  return fc.oneof(
    flat,
    options,
    options.map((values) => ({ type: "choice" as const, values })),
  );
}
