import { expect, test } from "vitest";

import { RecordedEpochs } from "./recorded-epochs.ts";

test("an epoch is next after the last recorded one, known up to it, and otherwise earlier ones are missing", () => {
  const epochs = new RecordedEpochs(2);
  expect([1, 2, 4, 5].map((epoch) => epochs.take(epoch))).toEqual(["known", "known", "missing", "missing"]);
  expect(epochs.last).toBe(2);
  expect(epochs.take(3)).toBe("next");
  expect(epochs.last).toBe(3);
  expect(epochs.take(3)).toBe("known");
  expect(epochs.take(4)).toBe("next");
});

test("without recorded epochs, the first epoch is next", () => {
  const epochs = new RecordedEpochs(0);
  expect(epochs.take(0)).toBe("known");
  expect(epochs.take(2)).toBe("missing");
  expect(epochs.take(1)).toBe("next");
});
