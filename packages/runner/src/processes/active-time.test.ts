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

/** Simulates a waiting process, which reads its clock every 0.25 s. */
function wait(seconds: number): void {
  for (let tick = 0; tick < seconds * 4; tick++) {
    now += 0.25;
    vi.advanceTimersByTime(250);
  }
}

/** Simulates a sleeping machine: time passes, but no timer runs. */
function sleep(seconds: number): void {
  now += seconds;
}

test("with frequent readings, the clock is exact", () => {
  const seen = clock();
  for (const time of [0.5, 1.25, 3, 5]) {
    now = time;
    expect(seen()).toBe(time);
  }
});

test("the CPU time, which is slow to read, is read a few times per second", () => {
  const cpuTime = vi.fn<() => number>(() => now);
  const seen = createActiveClock({ now: () => now, worked: cpuTime });
  for (let step = 1; step <= 1000; step++) {
    now = step / 1000;
    expect(seen()).toBeCloseTo(now, 9);
  }
  expect(cpuTime.mock.calls.length).toBeLessThanOrEqual(5);
});

test("an hour of sleep counts as one gap of 2 s", () => {
  const seen = clock();
  now = 1;
  seen();
  sleep(3600);
  expect(seen()).toBe(3);
  now += 1;
  expect(seen()).toBe(4);
});

test("a long computation between two readings counts fully, a sleep during it does not", () => {
  const seen = clock();
  [now, worked] = [30, 30];
  expect(seen()).toBe(30);
  [now, worked] = [1000, 40];
  expect(seen()).toBe(40);
  // With eight threads, more CPU seconds than seconds pass.
  [now, worked] = [1010, 120];
  expect(seen()).toBe(50);
});

test("a timer fires once, after its seconds have passed", () => {
  const { action } = begin(5);
  wait(4.75);
  expect(action).not.toHaveBeenCalled();
  wait(20);
  expect(action).toHaveBeenCalledOnce();
});

test("a sleep that is longer than a timer does not fire it", () => {
  const { action } = begin(5);
  wait(1);
  sleep(600);
  wait(1);
  expect(action).not.toHaveBeenCalled();
  wait(3);
  expect(action).toHaveBeenCalledOnce();
});

test("a sleep does not fire a timer that is shorter than the gap", () => {
  const { action } = begin(1);
  sleep(600);
  wait(0.25);
  expect(action).not.toHaveBeenCalled();
  wait(1);
  expect(action).toHaveBeenCalledOnce();
});

test("a restarted timer starts again with all its seconds, and a stopped timer never fires", () => {
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
