import { expect, test } from "vitest";

import { createReferenceBackend } from "./reference-backend.ts";

const backend = createReferenceBackend("float64");

test("displacements move each pixel separately", () => {
  const x = backend.allocate([1, 1, 3, 1]);
  x.data.set([0.2, 0.4, 0.8]);
  const maps = backend.allocate([1, 6]);
  maps.data.set([1, 0, 0, 0, 1, 0]);
  const displacements = backend.allocate([1, 1, 2, 3]);
  displacements.data.set([0.25, -50, 0, 0, 0, 0.25]);
  backend.resample({ x, maps, displacements, strength: 2, black: 0 });
  expect([...x.data]).toEqual([expect.closeTo(0.3, 15), 0, 0.4]);
});
