import fc from "fast-check";
import { expect, test } from "vitest";

import { ThreadTuner } from "./thread-tuner.ts";

/** A simulated training, whose steps take `secondsOf(threads, now)` seconds. */
class Simulation {
  now = 0;
  #shown = 0;
  threads = 1;
  starts = 0;
  /** Seconds spent on each number of threads. */
  readonly spent = new Map<number, number>();
  readonly tuner: ThreadTuner;

  constructor(count: number, start: () => Promise<void> = () => Promise.resolve()) {
    const threads = {
      count,
      start: () => {
        this.starts++;
        return start();
      },
      use: (number: number) => (this.threads = number),
      end: () => Promise.resolve(),
    };
    this.tuner = new ThreadTuner(threads, () => this.now);
  }

  /** Trains for `seconds` and returns the number of steps. */
  async run(seconds: number, secondsOf: (threads: number, now: number) => number): Promise<number> {
    const end = this.now + seconds;
    let steps = 0;
    for (; this.now < end; steps++) {
      const step = secondsOf(this.threads, this.now);
      this.now += step;
      this.spent.set(this.threads, (this.spent.get(this.threads) ?? 0) + step);
      this.tuner.afterStep();
      await Promise.resolve(); // the threads start meanwhile
      // As in a training, which handles messages after each 0.1 s.
      if (this.now - this.#shown >= 0.1) {
        this.tuner.pause();
        this.now += 0.001;
        this.tuner.resume();
        this.#shown = this.now;
      }
    }
    return steps;
  }
}

test("threads that make steps faster are used", async () => {
  const training = new Simulation(2);
  await training.run(10, (threads) => 0.002 / threads);
  expect(training.threads).toBe(2);
  expect(training.spent.get(2)).toBeGreaterThan(9.4);
});

test.each([0.04, 0.08, 0.2])("steps of %f s get more threads after about a second", async (step) => {
  const training = new Simulation(2);
  await training.run(6, (threads) => step / threads);
  expect(training.threads).toBe(2);
  expect(training.spent.get(2)).toBeGreaterThan(2);
});

test("the number of threads grows as long as it pays off", async () => {
  const training = new Simulation(8);
  await training.run(30, (threads) => 0.01 / Math.min(threads, 4) + 0.0005 * threads);
  expect(training.tuner.threads).toBe(4);
});

test("training takes at most 3 % longer than on one thread, wherever more threads are slower", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.0001, max: 0.05, noNaN: true }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      async (step, slowdown) => {
        const training = new Simulation(2);
        const steps = await training.run(10, (threads) => (threads === 1 ? step : step * slowdown));
        expect(training.now / (steps * step)).toBeLessThan(1.03);
      },
    ),
    { numRuns: 50 },
  );
});

test("when other programs take the cores, training continues on one thread, and later on several again", async () => {
  const training = new Simulation(2);
  const stepOf = (threads: number, now: number): number => {
    const isBusy = now >= 20 && now < 60;
    return threads === 1 ? 0.002 : isBusy ? 0.005 : 0.001;
  };
  await training.run(20, stepOf);
  expect(training.threads).toBe(2);
  await training.run(1, stepOf);
  expect(training.threads).toBe(1);
  await training.run(39, stepOf);
  expect(training.threads).toBe(1);
  await training.run(40, stepOf);
  expect(training.threads).toBe(2);
});

test("the other threads start after 40 timed steps, if these have taken 0.1 s", async () => {
  const training = new Simulation(2);
  const untimed = 1; // the first step, before which there is no time
  for (let step = 0; step < untimed + 39; step++) await training.run(0.01, () => 0.01);
  expect(training.starts).toBe(0);
  await training.run(0.01, () => 0.01);
  expect(training.starts).toBe(1);
});

test("after a comparison that changes the number of threads, the next one follows after a second", async () => {
  const training = new Simulation(8);
  const changes: number[] = [];
  for (let threads = 1; training.now < 10;) {
    await training.run(0.001, (used) => 0.01 / used);
    if (training.tuner.threads > threads) changes.push(training.now);
    threads = training.tuner.threads;
  }
  expect(changes).toHaveLength(3);
  expect(changes[1]! - changes[0]!).toBeGreaterThan(1);
  expect(changes[1]! - changes[0]!).toBeLessThan(1.5);
});

test("a comparison that an evaluation interrupts continues on the number of threads that it was timing", async () => {
  const training = new Simulation(2);
  const isTimingTwo = (): boolean => training.threads === 2 && training.tuner.threads === 1;
  while (!isTimingTwo()) await training.run(0.001, () => 0.001);
  training.tuner.settle();
  expect(training.threads).toBe(1);
  await training.run(0.001, () => 0.001);
  expect(isTimingTwo()).toBe(true);
});

test("a short training starts no threads", async () => {
  const training = new Simulation(2);
  await training.run(0.09, () => 0.001);
  expect(training.starts).toBe(0);
});

test.each([
  [0.000_24, 0],
  [0.000_26, 1],
])("steps of %f s start %i threads", async (step, starts) => {
  const training = new Simulation(2);
  await training.run(3, () => step);
  expect(training.starts).toBe(starts);
});

test("on one core, nothing is compared", async () => {
  const training = new Simulation(1);
  await training.run(5, () => 0.001);
  expect(training.starts).toBe(0);
  expect(training.threads).toBe(1);
});

test("if the threads do not start, training continues on one thread", async () => {
  const training = new Simulation(2, () => Promise.reject(new Error("no threads")));
  await training.run(5, (threads) => 0.002 / threads);
  expect(training.starts).toBe(1);
  expect(training.spent.size).toBe(1);
});

test("time that is not spent on steps is not counted, and an evaluation uses the chosen number", async () => {
  const training = new Simulation(2);
  for (let epoch = 0; epoch < 40; epoch++) {
    await training.run(0.12, (threads) => 0.002 / threads);
    training.tuner.settle();
    expect(training.threads).toBe(training.tuner.threads);
    training.now += 5;
  }
  expect(training.threads).toBe(2);
});
