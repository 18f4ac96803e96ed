import { toySpec } from "@nn/training/testing/toy-training";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";

import { WorkerPool } from "./worker-pool.ts";
import { WorkerProcess } from "./worker-process.ts";

afterEach(() => void vi.restoreAllMocks());

/** A pool of processes that only wait. */
function create(): WorkerPool {
  const program = encodeURIComponent("await new Promise(() => setInterval(() => {}, 1e6));");
  const pool = new WorkerPool(["--import", `data:text/javascript,${program}`], { silence: 100 });
  onTestFinished(() => pool.end());
  return pool;
}

/** Lets a method of the processes note its process instead of its work. */
function spyOn(name: "prepare" | "stop" | "end"): unknown[] {
  const called: unknown[] = [];
  vi.spyOn(WorkerProcess.prototype, name).mockImplementation(async function note(this: unknown) {
    called.push(this);
  });
  return called;
}

test("processes are started only as needed, and are never replaced", () => {
  const pool = create();
  const one = [...pool.ensure(0)];
  expect(one).toHaveLength(1);
  expect([...pool.ensure(1)]).toEqual(one);
  const three = [...pool.ensure(3)];
  expect(new Set(three).size).toBe(3);
  expect(three[0]).toBe(one[0]);
  expect(pool.ensure(2)).toEqual(three);
});

test("all processes prepare, stop and end", async () => {
  const pool = create();
  const workers = [...pool.ensure(2)];
  const prepared = spyOn("prepare");
  pool.prepare({ threads: 1, dataset: toySpec.dataset, dataFolder: "/", experimentFolder: "/" });
  expect(prepared).toEqual(workers);
  const stopped = spyOn("stop");
  await pool.stop();
  expect(stopped).toEqual(workers);
  vi.restoreAllMocks();
  const ended = spyOn("end");
  await pool.end();
  expect(ended).toEqual(workers);
  vi.restoreAllMocks();
});
