import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createReferenceBackend, createRng } from "@nn/tensor";
import { afterAll, expect, test } from "vitest";

import { buildNetwork } from "./network.ts";
import { toySpec } from "./testing/toy-training.ts";

const folder = mkdtempSync(join(tmpdir(), "nn-network-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("an error names a custom optimizer that builds an incomplete object, and the missing function", async () => {
  writeFileSync(
    join(folder, "still.ts"),
    `import { defineOptimizer } from "@nn/layers";
import { Type } from "typebox";
export const still = defineOptimizer({
  type: "still",
  description: "Builds no optimizer.",
  options: Type.Object({}),
  build: () => ({ state: [] }),
});
`,
  );
  const building = buildNetwork(
    { ...toySpec, optimizer: { type: "./still.ts" } },
    {
      backend: createReferenceBackend("float32"),
      inputShape: [2, 2, 1],
      classes: 3,
      batchSize: 10,
      rng: createRng(1),
      experimentFolder: folder,
    },
  );
  await expect(building).rejects.toThrow(
    'the optimizer ./still.ts: its function "build" must return an object with the function step, but returned ' +
      "one without step.",
  );
});
