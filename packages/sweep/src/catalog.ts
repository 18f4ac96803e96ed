import { readdirSync } from "node:fs";
import type { SamplerDefinition } from "./sampler.ts";

/**
 * The samplers by type name, in alphabetical order. The catalog is the folder: a new sampler is one new file and its
 * test, and no list to add it to.
 */
export const samplers: ReadonlyMap<string, SamplerDefinition> = await readCatalog(
  new URL("./samplers/", import.meta.url),
);

async function readCatalog(folder: URL): Promise<Map<string, SamplerDefinition>> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const definitions: SamplerDefinition[] = [];
  for (const file of files) {
    const module: Record<string, unknown> = await import(new URL(file, folder).href);
    const found = Object.values(module).filter(isSampler);
    const [definition] = found;
    if (definition === undefined || found.length > 1) {
      throw new Error(
        `samplers/${file}: expected one sampler, made by defineSampler({ … }) or defineAdaptiveSampler({ … }), got ${found.length}.`,
      );
    }
    if (definitions.some(({ type }) => type === definition.type)) {
      throw new Error(`samplers/${file}: there is another sampler of type "${definition.type}".`);
    }
    definitions.push(definition);
  }
  definitions.sort((a, b) => (a.type < b.type ? -1 : 1));
  return new Map(definitions.map((definition) => [definition.type, definition]));
}

function isSampler(value: unknown): value is SamplerDefinition {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    typeof value.type === "string" &&
    "description" in value &&
    "options" in value &&
    "check" in value &&
    typeof value.check === "function" &&
    (("propose" in value && typeof value.propose === "function") ||
      ("proposeNext" in value && typeof value.proposeNext === "function"))
  );
}
