import { expect, test } from "vitest";

import { Tally } from "./tally.ts";

test("the time left goes by the epochs of this run, not by those of an earlier one", () => {
  let seconds = 100;
  const tally = new Tally({ trials: 4, epochs: 40 }, { trials: 2, epochs: 20 }, () => seconds);
  expect(tally.timeLeft).toBeUndefined();
  seconds += 6;
  tally.advance(3, 1.5);
  tally.advance(4, 0.5);
  expect(tally.epochsDone).toBe(22);
  expect(tally.timeLeft).toBe(54); // 3 seconds an epoch, 18 to go
});

test("a trial that ends early takes its missing epochs off the rest", () => {
  const tally = new Tally({ trials: 2, epochs: 20 }, { trials: 0, epochs: 0 }, () => 0);
  tally.advance(1, 3);
  tally.end(1, 10);
  expect(tally.trialsDone).toBe(1);
  expect(tally.epochsDone).toBe(10);
});

test("a trial that is tried again begins at nothing", () => {
  const tally = new Tally({ trials: 1, epochs: 10 }, { trials: 0, epochs: 0 }, () => 0);
  tally.advance(1, 7);
  tally.advance(1, 0);
  expect(tally.epochsDone).toBe(0);
});
