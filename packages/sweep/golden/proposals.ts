/**
 * Records the proposals of each sampler: run `node golden/proposals.ts` in packages/sweep. If the recorded
 * file changes, repeating an earlier sweep gives other results. Record again only if that is intended, and
 * say so in the commit.
 */
import { writeFileSync } from "node:fs";
import { recordedProposals } from "../test/recorded-proposals.ts";

writeFileSync(new URL("proposals.json", import.meta.url), `${JSON.stringify(recordedProposals())}\n`);
