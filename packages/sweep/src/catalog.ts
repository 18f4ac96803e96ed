import { importCatalogModules } from "#platform/catalog-modules";
import { readCatalog, type DefinitionKind } from "@nn/catalog";

import type { PrunerDefinition } from "./pruner.ts";
import type { SamplerDefinition } from "./sampler.ts";

/** The fields that identify a sampler definition. */
export const samplerKind: DefinitionKind<SamplerDefinition> = {
  noun: "sampler",
  defineFunction: "defineSampler",
  functions: (value) =>
    "generations" in value || "proposeNext" in value
      ? ["check", "generations", "proposeNext"]
      : ["check", "propose"],
};
/** The fields that identify a pruner definition. */
export const prunerKind: DefinitionKind<PrunerDefinition> = {
  noun: "pruner",
  defineFunction: "definePruner",
  functions: ["check", "create"],
};

/** The built-in samplers by type name. Each file in samplers/ defines one. */
export const samplers = readCatalog(samplerKind, await importCatalogModules("samplers"));

/** The built-in pruners by type name. Each file in pruners/ defines one. */
export const pruners = readCatalog(prunerKind, await importCatalogModules("pruners"));
