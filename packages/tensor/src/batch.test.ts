import { expect, test } from "vitest";

import { Batch } from "./batch.ts";
import { createReferenceBackend } from "./reference/reference-backend.ts";

const backend = createReferenceBackend("float32");

test("rows(n) has the first n examples of one buffer", () => {
  const batch = new Batch(backend, 4, [2, 3]);
  batch.rows(4).data.set(Array.from({ length: 24 }, (_, i) => i));
  expect(batch.rows(2).shape).toEqual([2, 2, 3]);
  expect([...batch.rows(2).data]).toEqual(Array.from({ length: 12 }, (_, i) => i));
  batch.rows(1).data[5] = -1;
  expect(batch.rows(4).data[5]).toBe(-1);
});

test("rows(n) creates the view of each n only once", () => {
  const batch = new Batch(backend, 4, [2]);
  expect(batch.rows(3)).toBe(batch.rows(3));
  expect(batch.rows(4)).toBe(batch.rows(4));
});
