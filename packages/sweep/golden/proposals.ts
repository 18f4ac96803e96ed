/**
 * Records what each sampler proposes today: `node golden/proposals.ts` in packages/sweep. A change of these
 * bytes makes runs that people have repeat otherwise: record anew only where that is meant, and say so in the
 * commit.
 */
import { writeFileSync } from "node:fs";
import { recordedProposals } from "../test/recorded-proposals.ts";

writeFileSync(new URL("proposals.json", import.meta.url), `${JSON.stringify(recordedProposals())}\n`);
