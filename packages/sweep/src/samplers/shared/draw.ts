import type { Rng } from "@nn/tensor";
import { isRange, type Domain, type SweptValue } from "../../space/domain.ts";
import { toDimension } from "../../space/dimension.ts";
import { enumerateDomain } from "../../space/enumerate-domain.ts";

/**
 * Draws a random value of a domain that has passed `checkDomain`. The probability of a value is the width of
 * its interval in `toDimension`.
 */
export function drawValue(domain: Domain, rng: Rng): SweptValue {
  const values = enumerateDomain(domain);
  if (values !== undefined) return values[rng.integer(values.length)]!;
  if (isRange(domain) && domain.type === "int" && domain.scale !== "log") {
    const size = domain.max - domain.min + 1;
    // Larger ranges exceed the limit of `integer`. With 53 random bits, they have no noticeable bias.
    if (size <= 2 ** 32) return domain.min + rng.integer(size);
  }
  return toDimension(domain).value(rng.uniform());
}
