import { expect, test } from "vitest";

import { EpochCounter } from "./epoch-counter.ts";

test("the remaining time is estimated from epochs of this run, not of earlier runs", () => {
  let seconds = 100;
  const tally = new EpochCounter(4, 10, () => seconds);
  tally.end(1, 10);
  tally.end(2, 10);
  tally.startClock();
  expect(tally.timeLeft).toBeUndefined();
  seconds += 6;
  tally.advance(3, 1.5);
  tally.advance(4, 0.5);
  expect(tally.epochsDone).toBe(22);
  expect(tally.timeLeft).toBe(54); // 18 epochs remain, with 3 seconds per epoch
});

test("a trial that ends early reduces the total number of epochs", () => {
  const tally = new EpochCounter(2, 10, () => 0);
  tally.advance(1, 3);
  expect(tally.epochs).toBe(20);
  tally.end(1, 3);
  expect(tally.trialsDone).toBe(1);
  expect(tally.epochsDone).toBe(3);
  expect(tally.epochs).toBe(13);
});

test("a retried trial starts at 0 epochs or at its checkpoint", () => {
  let seconds = 0;
  const tally = new EpochCounter(1, 10, () => seconds);
  tally.advance(1, 7);
  tally.begin(1, 0);
  expect(tally.epochsDone).toBe(0);
  tally.begin(1, 6);
  seconds = 3;
  tally.advance(1, 7);
  // Seven epochs were trained, and the epoch after the checkpoint was trained again.
  expect(tally.timeLeft).toBe((3 / 8) * 3);
});
