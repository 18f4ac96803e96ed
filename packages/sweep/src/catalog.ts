import { entriesOf } from "#platform/entries";

import type { PrunerDefinition } from "./pruner.ts";
import { looksLikeEntry, readCatalog } from "./read-catalog.ts";
import type { SamplerDefinition } from "./sampler.ts";

/** The samplers by type name: one file each in samplers/. */
export const samplers: ReadonlyMap<string, SamplerDefinition> = readCatalog(
  await entriesOf("samplers"),
  isSampler,
  "one sampler, made by defineSampler({ … }) or defineAdaptiveSampler({ … })",
);

/** The pruners by type name: one file each in pruners/. */
export const pruners: ReadonlyMap<string, PrunerDefinition> = readCatalog(
  await entriesOf("pruners"),
  isPruner,
  "one pruner, made by definePruner({ … })",
);

function isSampler(value: unknown): value is SamplerDefinition {
  return (
    looksLikeEntry(value) &&
    (("propose" in value && typeof value.propose === "function") ||
      ("proposeNext" in value && typeof value.proposeNext === "function"))
  );
}

function isPruner(value: unknown): value is PrunerDefinition {
  return looksLikeEntry(value) && "create" in value && typeof value.create === "function";
}
