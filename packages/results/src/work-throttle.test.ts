import { expect, test } from "vitest";
import { WorkThrottle } from "./work-throttle.ts";

test("work is due at first, and then when its cost is at most its share of the time", () => {
  let now = 0;
  const tables = new WorkThrottle(0.1, () => now);
  expect(tables.due()).toBe(true);
  tables.spend(() => {
    now += 5;
  });
  now = 54.9;
  expect(tables.due()).toBe(false);
  now = 55;
  expect(tables.due()).toBe(true);
});

test("work whose cost grows with every event takes a bounded share of the time", () => {
  let now = 0;
  let spent = 0;
  const tables = new WorkThrottle(0.03, () => now);
  for (let event = 1; event <= 10_000; event++) {
    now += 100;
    if (!tables.due()) continue;
    tables.spend(() => {
      now += event / 10;
      spent += event / 10;
    });
  }
  expect(spent).toBeLessThan(0.03 * now + 1000);
});
