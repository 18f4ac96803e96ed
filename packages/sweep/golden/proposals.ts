/**
 * Records what each sampler proposes: run `node golden/proposals.ts` in packages/sweep. If these bytes
 * change, people's runs give other results when they are repeated. Record again only if that is intended, and
 * say so in the commit.
 */
import { writeFileSync } from "node:fs";
import { recordedProposals } from "../test/recorded-proposals.ts";

writeFileSync(new URL("proposals.json", import.meta.url), `${JSON.stringify(recordedProposals())}\n`);
