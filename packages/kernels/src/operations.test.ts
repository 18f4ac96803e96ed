import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { channels } from "../test/operations/channels.ts";
import { convolutions } from "../test/operations/convolutions.ts";
import { curves } from "../test/operations/curves.ts";
import { data } from "../test/operations/data.ts";
import { elementwise } from "../test/operations/elementwise.ts";
import { images } from "../test/operations/images.ts";
import { losses } from "../test/operations/losses.ts";
import { optimizers } from "../test/operations/optimizers.ts";
import { products } from "../test/operations/products.ts";
import { rowNormalization } from "../test/operations/row-normalization.ts";
import { softmaxes } from "../test/operations/softmax.ts";
import { draw, drawExtremes, sameBytes, wasm, type Operation, type Works } from "../test/same-bytes.ts";

/**
 * Every operation of the interface on random shapes. An operation that is missing here does not compile: write what it does
 * to the file of its kind.
 */
const works: Required<Works> = {
  ...products,
  ...convolutions,
  ...channels,
  ...rowNormalization,
  ...elementwise,
  ...curves,
  ...softmaxes,
  ...losses,
  ...optimizers,
  ...data,
  ...images,
};

describe.each(Object.keys(works).filter(isOperation))("%s", (operation) => {
  const byName = Object.entries(works[operation]);

  test.each(byName)("%s: the bytes of the reference", (_name, work) => {
    const kernel = vi.spyOn(wasm, operation);
    fc.assert(
      fc.property(work, (each) => sameBytes(each, draw)),
      { numRuns: 200 },
    );
    expect(kernel).toHaveBeenCalled();
    kernel.mockRestore();
  });

  test.each(byName)("%s: the bytes of the reference, NaN and infinity among them", (_name, work) => {
    fc.assert(fc.property(work, (each) => sameBytes(each, drawExtremes)));
  });
});

function isOperation(name: string): name is Operation {
  return name in works;
}
