import { looksLikeEntry, readCatalog } from "./read-catalog.ts";
import type { SamplerDefinition } from "./sampler.ts";

/** The samplers by type name: one file each in samplers/. */
export const samplers: ReadonlyMap<string, SamplerDefinition> = await readCatalog(
  new URL("./samplers/", import.meta.url),
  isSampler,
  "one sampler, made by defineSampler({ … }) or defineAdaptiveSampler({ … })",
);

function isSampler(value: unknown): value is SamplerDefinition {
  return (
    looksLikeEntry(value) &&
    (("propose" in value && typeof value.propose === "function") ||
      ("proposeNext" in value && typeof value.proposeNext === "function"))
  );
}
