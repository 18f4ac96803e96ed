import { expect, test } from "vitest";

import { readGolden } from "../../test/golden.ts";
import { computeAgreement, type Agreement } from "./agreement.ts";

const golden: { readonly agreement: { labels: number[]; a: number[]; b: number[]; counts: Agreement } } =
  readGolden("calibration");

test("agreement is scikit-learn's confusion matrix of both networks", () => {
  const { a, b, labels, counts } = golden.agreement;
  expect(computeAgreement(a, b, labels)).toEqual(counts);
});

test("networks with other numbers of predictions cannot be compared", () => {
  expect(() => computeAgreement([1], [1, 2], [1, 2])).toThrow(
    "agreement: the networks must predict the same 2 images, got 1 and 2 predictions.",
  );
});
