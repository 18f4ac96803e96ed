import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { operations, works } from "../test/operations/every.ts";
import { draw, drawExtremes, sameBytes, wasm } from "../test/same-bytes.ts";

describe.each(operations)("%s", (operation) => {
  const byName = Object.entries(works[operation]);

  test.each(byName)("%s: same bytes as the reference", (_name, work) => {
    const kernel = vi.spyOn(wasm, operation);
    fc.assert(
      fc.property(work, (each) => sameBytes(each, draw)),
      { numRuns: 200 },
    );
    expect(kernel).toHaveBeenCalled();
    kernel.mockRestore();
  });

  test.each(byName)("%s: same bytes as the reference, with NaN and infinity", (_name, work) => {
    fc.assert(fc.property(work, (each) => sameBytes(each, drawExtremes)));
  });
});
