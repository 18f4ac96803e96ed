import { expect, test } from "vitest";

import { getMetricFormat } from "../format.ts";
import { describeLead } from "./describe-lead.ts";

const accuracy = getMetricFormat("validation.accuracy");
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("a lead is significant, or it may be chance", () => {
  expect(plain(describeLead({ difference: 0.02, pairs: 3, pValue: 0.012 }, "maximize", accuracy))).toBe(
    "Its lead over the runner-up is 2.00 points, which is significant (paired test over 3 seeds, p = 0.012).",
  );
  const loss = getMetricFormat("validation.loss");
  expect(plain(describeLead({ difference: -0.02, pairs: 3, pValue: 0.3 }, "minimize", loss))).toBe(
    "Its lead over the runner-up is 0.0200, which may be chance (paired test over 3 seeds, p = 0.30). " +
      "Treat the two as equal.",
  );
});

test("a runner-up with a better mean, which ranks lower because a trial diverged, is not behind", () => {
  expect(plain(describeLead({ difference: -0.02, pairs: 1, pValue: null }, "maximize", accuracy))).toBe(
    "The runner-up is better by 2.00 points, but not all trials of the two configurations are completed.",
  );
});

test("without a p-value there is one common seed, or several with the same difference", () => {
  expect(describeLead({ difference: 0.02, pairs: 1, pValue: null }, "maximize", accuracy)).toContain(
    "One seed cannot show whether this is more than chance",
  );
  expect(describeLead({ difference: 0.02, pairs: 2, pValue: null }, "maximize", accuracy)).toContain(
    "with each of the 2 seeds, so chance cannot be estimated",
  );
});
