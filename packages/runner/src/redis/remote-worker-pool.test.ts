import { getEventListeners } from "node:events";

import { Redis } from "ioredis";
import { afterEach, expect, test, vi } from "vitest";

import { redisKeys } from "./keys.ts";
import { RemoteWorkerPool } from "./remote-worker-pool.ts";

afterEach(() => void vi.restoreAllMocks());

/** A pool whose workers the test registers. */
class Fixture {
  readonly said: string[] = [];
  readonly pool: RemoteWorkerPool;
  /** The registration of each worker, as the server stores it. */
  workers = new Map<string, string>();
  /** The reservations so far, by the order of their requests. */
  readonly acquired: string[] = [];

  constructor() {
    const redis = new Redis({ lazyConnect: true });
    vi.spyOn(redis, "smembers").mockImplementation(async (key: unknown) =>
      key === redisKeys.present("worker") ? [...this.workers.keys()] : [],
    );
    vi.spyOn(redis, "mget").mockImplementation(async () =>
      [...this.workers.keys()].sort().map((id) => this.workers.get(id) ?? null),
    );
    const say = (text: string): void => void this.said.push(text);
    this.pool = new RemoteWorkerPool(redis, { version: "v1", command: "nn worker", say });
  }

  /** Registers workers with these numbers of concurrent trials, instead of all earlier ones. */
  async connect(...places: readonly number[]): Promise<void> {
    this.workers = new Map(places.map((count, index) => [`w${index}`, registration(`W${index}`, count)]));
    await this.pool.refresh();
  }

  /** Requests a reservation. Notes the result under this name. */
  request(name: string, signal = new AbortController().signal): Promise<unknown> {
    return this.pool.acquire(signal).then((is) => this.acquired.push(is ? name : `not ${name}`));
  }

  /** Returns the reservations since the last call. */
  async taken(): Promise<string[]> {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    return this.acquired.splice(0);
  }
}

function registration(name: string, places: number, version = "v1"): string {
  return JSON.stringify({ name, version, places });
}

const none =
  "No worker is connected. Start one, here or on any machine with the same version of the code:\n  nn worker";

test("the connected workers are told when their number changes", async () => {
  const run = new Fixture();
  await run.connect();
  await run.connect();
  await run.connect(1);
  await run.connect(1);
  await run.connect(2);
  await run.connect(2, 3);
  await run.connect();
  expect(run.said).toEqual([
    none,
    "1 worker is connected, for 1 trial at once.",
    "1 worker is connected, for 2 trials at once.",
    "2 workers are connected, for 5 trials at once.",
    none,
  ]);
});

test("a worker of another version is told once, and gets no trials", async () => {
  const run = new Fixture();
  run.workers = new Map([
    ["a", registration("A", 4, "v2")],
    ["b", registration("B", 1)],
  ]);
  await run.pool.refresh();
  await run.pool.refresh();
  expect(run.said).toEqual([
    "1 worker is connected, for 1 trial at once.",
    "The worker A has version v2 of the code, but this run has v1. It gets no trials. Check out the same commit " +
      "on both machines, and restart the worker.",
  ]);
  void run.request("first");
  void run.request("second");
  expect(await run.taken()).toEqual(["first"]);
});

test("only workers of another version are no connected workers", async () => {
  const run = new Fixture();
  run.workers = new Map([["a", registration("A", 4, "v2")]]);
  await run.pool.refresh();
  expect(run.said[0]).toBe(none);
});

test("reservations wait in order until there is capacity", async () => {
  const run = new Fixture();
  for (const name of ["first", "second", "third", "fourth"]) void run.request(name);
  expect(await run.taken()).toEqual([]);
  await run.connect(1, 1);
  expect(await run.taken()).toEqual(["first", "second"]);
  run.pool.release();
  expect(await run.taken()).toEqual(["third"]);
  run.pool.release();
  run.pool.release();
  expect(await run.taken()).toEqual(["fourth"]);
  // One of the two is free again.
  void run.request("fifth");
  void run.request("sixth");
  expect(await run.taken()).toEqual(["fifth"]);
});

test("if workers leave, their trials still count", async () => {
  const run = new Fixture();
  await run.connect(2);
  for (const name of ["first", "second", "third"]) void run.request(name);
  expect(await run.taken()).toEqual(["first", "second"]);
  await run.connect(1);
  run.pool.release();
  expect(await run.taken()).toEqual([]);
  run.pool.release();
  expect(await run.taken()).toEqual(["third"]);
});

test("an abort ends the wait without a reservation, and the next request takes its turn", async () => {
  const run = new Fixture();
  const stopping = new AbortController();
  void run.request("first", stopping.signal);
  void run.request("second");
  stopping.abort();
  expect(await run.taken()).toEqual(["not first"]);
  await run.connect(1);
  expect(await run.taken()).toEqual(["second"]);
});

test("an abort after the reservation has no effect", async () => {
  const run = new Fixture();
  const stopping = new AbortController();
  await run.connect(1);
  void run.request("first", stopping.signal);
  expect(await run.taken()).toEqual(["first"]);
  expect(getEventListeners(stopping.signal, "abort")).toEqual([]);
  void run.request("second");
  stopping.abort();
  expect(await run.taken()).toEqual([]);
  run.pool.release();
  expect(await run.taken()).toEqual(["second"]);
});

test("an aborted signal gets no reservation, even if there is capacity", async () => {
  const run = new Fixture();
  await run.connect(1);
  void run.request("first", AbortSignal.abort());
  void run.request("second");
  expect((await run.taken()).sort()).toEqual(["not first", "second"]);
});
