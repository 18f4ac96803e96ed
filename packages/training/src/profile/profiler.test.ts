import { expect, test } from "vitest";

import { MAX_SPANS, Profiler, type SpanGroup } from "./profiler.ts";

/** Returns a clock that advances by one second per reading. */
function ticking(): () => number {
  let now = 100;
  return () => (now += 1);
}

/** Returns `name count × seconds s` of a group, and the same of its nested groups. */
function outline({ name, count, seconds, nested }: SpanGroup): unknown[] {
  return [`${name} ${count} × ${seconds} s`, ...[...nested.values()].map(outline)];
}

test("spans of the same name in the same outer span are added up, others are separate", () => {
  const profiler = new Profiler(ticking());
  for (const epoch of [1, 2]) {
    profiler.begin("epoch", epoch);
    profiler.begin("step");
    profiler.end(10);
    profiler.begin("step");
    profiler.end(5);
    profiler.end();
  }
  profiler.begin("step");
  profiler.end();
  profiler.finish();
  expect(outline(profiler.trial)).toEqual([
    "trial 1 × 15 s",
    ["epoch 2 × 10 s", ["step 4 × 4 s"]],
    ["step 1 × 1 s"],
  ]);
  expect(profiler.trial.nested.get("epoch")?.nested.get("step")?.flops).toBe(30);
});

test("spans are kept in the order in which they began, with their times since the start", () => {
  const profiler = new Profiler(ticking());
  profiler.begin("epoch", 3);
  profiler.begin("step");
  profiler.end();
  profiler.finish();
  expect(profiler.spans).toEqual([
    { name: "trial", number: undefined, start: 0, end: 5 },
    { name: "epoch", number: 3, start: 1, end: 4 },
    { name: "step", number: undefined, start: 2, end: 3 },
  ]);
});

test("only the first spans are kept, but all are added up", () => {
  const profiler = new Profiler(ticking());
  for (let step = 0; step < MAX_SPANS + 5; step++) {
    profiler.begin("step");
    profiler.end();
  }
  profiler.finish();
  expect(profiler.spans).toHaveLength(MAX_SPANS);
  expect(profiler.spans[0]).toMatchObject({ name: "trial", end: 2 * (MAX_SPANS + 5) + 1 });
  expect(profiler.trial.nested.get("step")?.count).toBe(MAX_SPANS + 5);
});
