import { isCategorical, type Domain, type SweptValue } from "./domain.ts";
import { enumerateDomain } from "./enumerate-domain.ts";

/** Whether a value belongs to a domain as documented, independent of how samplers compute values. */
export function domainContains(domain: Domain, value: SweptValue | undefined): boolean {
  if (isCategorical(domain)) return domain.some((each) => Object.is(each, value));
  if (domain.type === "bool") return typeof value === "boolean";
  if (typeof value !== "number" || !Number.isFinite(value)) return false;
  const listed = enumerateDomain(domain);
  if (listed !== undefined) return listed.includes(value);
  if (domain.type === "float") return value >= domain.min && value < domain.max;
  return Number.isInteger(value) && value >= domain.min && value <= domain.max;
}
