import { exp, log, type Rng } from "@nn/tensor";
import { isChoices, type Domain, type FloatRange, type IntRange, type SweptValue } from "./domain.ts";

/** One value of a domain that `checkDomain` found nothing wrong with. */
export function draw(domain: Domain, rng: Rng): SweptValue {
  if (isChoices(domain)) return domain[rng.integer(domain.length)]!;
  return domain.type === "int" ? drawInt(domain, rng) : drawFloat(domain, rng);
}

/**
 * A number in [min, max), uniform, or on a log scale with a uniform logarithm; rounded to be read and typed again, see
 * `readable`.
 */
function drawFloat({ min, max, scale }: FloatRange, rng: Rng): number {
  const u = rng.uniform();
  // Two products, as max − min may exceed the largest number.
  const exact = scale === "log" ? betweenLogarithms(min, max, u) : min * (1 - u) + max * u;
  // Rounding may reach max or fall short of min; min is then the nearest value that is certain to be allowed.
  return readable(exact >= min && exact < max ? exact : min, min, max);
}

/**
 * A whole number in [min, max], each equally likely; on a log scale n has probability proportional to log((n + 1) / n),
 * the width that n … n + 1 has there.
 */
function drawInt({ min, max, scale }: IntRange, rng: Rng): number {
  if (scale === "log") {
    const exact = betweenLogarithms(min, max + 1, rng.uniform());
    return Math.min(max, Math.max(min, Math.floor(exact)));
  }
  const count = max - min + 1;
  if (count <= 2 ** 32) return min + rng.integer(count);
  // Too many for `integer`; 53 bits leave no bias that could be seen. The sum can exceed max by rounding alone.
  return Math.min(max, min + Math.floor(rng.uniform() * count));
}

function betweenLogarithms(min: number, max: number, u: number): number {
  const low = log(min);
  return exp(low + u * (log(max) - low));
}

/** Enough to tell trials apart, few enough to read and to type. */
const significantDigits = 6;
/** Rounding may move a value by this share of its range, no more. */
const tolerance = 1e-4;

/**
 * The value with six significant digits, or with more where the range is so narrow that six would leave it or change
 * the value by more than a ten-thousandth of the range. `toPrecision` is exact by the language's definition.
 */
function readable(value: number, min: number, max: number): number {
  const allowed = (max - min) * tolerance;
  for (let digits = significantDigits; digits < 17; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (rounded >= min && rounded < max && Math.abs(rounded - value) <= allowed) return rounded;
  }
  return value;
}
