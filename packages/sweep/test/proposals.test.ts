import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { samplers } from "../src/catalog.ts";
import { collectProposals, recordedKinds } from "./recorded-proposals.ts";

// golden/proposals.ts writes this file in this shape.
const recorded: Record<string, Record<string, unknown[]>> = JSON.parse(
  readFileSync(new URL("../golden/proposals.json", import.meta.url), "utf8"),
);

test("the proposals of every sampler are recorded", () => {
  expect(Object.keys(recorded)).toEqual([...samplers.keys()]);
});

test.each([...samplers.keys()].flatMap((type) => recordedKinds.map((kind) => [type, kind] as const)))(
  "%s proposes what was recorded, %s",
  (type, kind) => {
    expect(collectProposals(type, kind)).toEqual(recorded[type]![kind]);
  },
);
