import { readFileSync } from "node:fs";

import { createRng } from "@nn/tensor";
import { expect, test } from "vitest";

import { truncatedNormal } from "../src/initializers/truncated-normal.ts";
import { orthonormalize } from "../src/initializers/shared/orthonormal.ts";
import { float64ReferenceBackend } from "../src/testing/backends.ts";

/** The results of golden/initializers.py, computed with PyTorch. The script explains how to run it. */
interface Golden {
  /** Column by column. */
  readonly orthonormal: readonly {
    readonly rows: number;
    readonly columns: number;
    readonly values: readonly number[];
  }[];
  readonly truncatedNormal: readonly { readonly z: number; readonly below: number }[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/initializers.json", import.meta.url), "utf8"),
);

for (const [index, { rows, columns, values }] of golden.orthonormal.entries()) {
  test(`orthogonal: PyTorch's QR gives the same Q of (${rows}, ${columns})`, () => {
    const numbers = wholeNumbers(400 + index);
    const vectors = Float64Array.from(values, () => ((numbers() % 255) - 127) / 32);
    orthonormalize(vectors, columns, rows);
    for (const [i, value] of values.entries()) {
      expect(Math.abs(vectors[i]! - value)).toBeLessThan(1e-12);
    }
  });
}

test.each(golden.truncatedNormal)(
  "truncated-normal: $below of the numbers are below $z σ",
  ({ z, below }) => {
    const weights = float64ReferenceBackend.allocate([40_000]);
    const options = { standardDeviation: 3 };
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- an initializer's fill, not an array's
    truncatedNormal.fill(options, weights, { fanIn: 1, fanOut: 1 }, createRng(31));
    const share = weights.data.filter((w) => w < 3 * z).length / weights.data.length;
    // The standard error of a share of 40,000 draws is at most 0.0025 (for a share of one half). The test
    // allows four standard errors.
    expect(Math.abs(share - below)).toBeLessThan(0.01);
  },
);

/** Returns the sequence of golden/initializers.py: Park & Miller 1988, exact in both languages. */
function wholeNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state;
  };
}
