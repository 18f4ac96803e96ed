import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { createActiveClock, ActiveTimer } from "./active-time.ts";

let [now, worked] = [0, 0];
const clock = () => createActiveClock({ now: () => now, worked: () => worked });
beforeEach(() => {
  [now, worked] = [0, 0];
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => void vi.useRealTimers());

function begin(seconds: number) {
  const action = vi.fn<() => void>();
  return { action, timer: new ActiveTimer(seconds, action, clock()) };
}

/** Time passes for a process that waits, and looks at its clock. */
function wait(seconds: number): void {
  for (let tick = 0; tick < seconds * 4; tick++) {
    now += 0.25;
    vi.advanceTimersByTime(250);
  }
}

/** The machine sleeps: no timer runs, and the clock goes on. */
function sleep(seconds: number): void {
  now += seconds;
}

test("time that is looked at passes as it is", () => {
  const seen = clock();
  for (const time of [0.5, 1.25, 3, 5]) {
    now = time;
    expect(seen()).toBe(time);
  }
});

test("an hour of sleep counts no more than what cannot be told from a delay", () => {
  const seen = clock();
  now = 1;
  seen();
  sleep(3600);
  expect(seen()).toBe(3);
  now += 1;
  expect(seen()).toBe(4);
});

test("a computation in one piece counts as long as it takes, sleep within it does not", () => {
  const seen = clock();
  [now, worked] = [30, 30];
  expect(seen()).toBe(30);
  [now, worked] = [1000, 40];
  expect(seen()).toBe(40);
  // Eight threads work for more seconds than pass.
  [now, worked] = [1010, 120];
  expect(seen()).toBe(50);
});

test("a timer goes off once its seconds have been seen, and once only", () => {
  const { action } = begin(5);
  wait(4.75);
  expect(action).not.toHaveBeenCalled();
  wait(20);
  expect(action).toHaveBeenCalledOnce();
});

test("a sleep that is longer than a timer does not set it off", () => {
  const { action } = begin(5);
  wait(1);
  sleep(600);
  wait(1);
  expect(action).not.toHaveBeenCalled();
  wait(3);
  expect(action).toHaveBeenCalledOnce();
});

test("nor does it set off a timer of less than the gap", () => {
  const { action } = begin(1);
  sleep(600);
  wait(0.25);
  expect(action).not.toHaveBeenCalled();
  wait(1);
  expect(action).toHaveBeenCalledOnce();
});

test("a timer that is restarted begins anew, and one that is stopped never goes off", () => {
  const [{ action: restarted, timer: first }, { action: stopped, timer: second }] = [begin(5), begin(5)];
  wait(4);
  first.restart();
  second.stop();
  wait(4);
  expect(restarted).not.toHaveBeenCalled();
  wait(1);
  expect(restarted).toHaveBeenCalledOnce();
  expect(stopped).not.toHaveBeenCalled();
});
