import type { DefinitionKind } from "@nn/catalog";
import { readCatalog } from "@nn/catalog/node";

import type { PrunerDefinition } from "./pruner.ts";
import type { SamplerDefinition } from "./sampler.ts";

/** How to recognize a definition of a sampler. */
export const samplerKind: DefinitionKind<SamplerDefinition> = {
  noun: "sampler",
  maker: "defineSampler",
  functions: (value) =>
    "generations" in value || "proposeNext" in value
      ? ["check", "generations", "proposeNext"]
      : ["check", "propose"],
};
/** How to recognize a definition of a pruner. */
export const prunerKind: DefinitionKind<PrunerDefinition> = {
  noun: "pruner",
  maker: "definePruner",
  functions: ["check", "create"],
};

/** The samplers by type name: one file each in samplers/. */
export const samplers = await readCatalog(samplerKind, new URL("./samplers/", import.meta.url));

/** The pruners by type name: one file each in pruners/. */
export const pruners = await readCatalog(prunerKind, new URL("./pruners/", import.meta.url));
