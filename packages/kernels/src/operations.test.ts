import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { operations, operationCases } from "../test/operations/all-operations.ts";
import { drawTensor, drawExtremes, expectSameBytes, wasmBackend } from "../test/same-bytes.ts";

describe.each(operations)("%s", (operation) => {
  const byName = Object.entries(operationCases[operation]);

  test.each(byName)("%s: same bytes as the reference", (_name, work) => {
    const kernel = vi.spyOn(wasmBackend, operation);
    fc.assert(
      fc.property(work, (each) => expectSameBytes(each, drawTensor)),
      { numRuns: 200 },
    );
    expect(kernel).toHaveBeenCalled();
    kernel.mockRestore();
  });

  test.each(byName)("%s: same bytes as the reference, with NaN and infinity", (_name, work) => {
    fc.assert(fc.property(work, (each) => expectSameBytes(each, drawExtremes)));
  });
});
