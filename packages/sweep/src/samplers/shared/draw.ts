import type { Rng } from "@nn/tensor";
import { isRange, type Domain, type SweptValue } from "../../space/domain.ts";
import { dimensionOf } from "../../space/dimension.ts";
import { valuesOf } from "../../space/values-of.ts";

/**
 * One value by chance of a domain that `checkDomain` found nothing wrong with, as likely as its part of the
 * unit side is wide.
 */
export function draw(domain: Domain, rng: Rng): SweptValue {
  const values = valuesOf(domain);
  if (values !== undefined) return values[rng.integer(values.length)]!;
  if (isRange(domain) && domain.type === "int" && domain.scale !== "log") {
    const size = domain.max - domain.min + 1;
    // Else too many for `integer`; 53 bits leave no bias that could be seen.
    if (size <= 2 ** 32) return domain.min + rng.integer(size);
  }
  return dimensionOf(domain).value(rng.uniform());
}
