import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import {
  beginJob,
  redisKeys,
  reportProgress,
  type JobLease,
  type JobId,
  type JobReport,
} from "@nn/runner/redis";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";

const job: JobId = { run: "0123456789ab", trial: 1, until: 3 };
const TICKET = "ticket";

const notice = (message: string): JobReport => ({ kind: "notice", message });
const checkpoint = (epoch: number, seen: number): JobReport => ({ kind: "checkpoint", epoch, seen });
const epoch = (number: number): JobReport => ({
  kind: "epoch",
  epoch: {
    epoch: number,
    train: { loss: 1, accuracy: 0.5 },
    validation: undefined,
    seconds: 1,
    imagesPerSecond: 1,
  },
});

describe.skipIf(!isRedisInstalled)("on redis-server (skipped if it is not installed):", () => {
  let server: RedisServer;
  let redis: Redis;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.client();
  });
  afterAll(async () => {
    redis.disconnect();
    await server.remove();
  });
  beforeEach(async () => {
    await redis.flushall();
    await redis.hset(redisKeys.job(job), { ticket: TICKET, state: "waiting", attempt: 0, checkpoint: "" });
  });

  /** A worker starts an attempt at the job. Any earlier attempt is lost. */
  async function begin(): Promise<JobLease> {
    const begun = await beginJob(redis, job, TICKET, "worker");
    if (begun === undefined) throw new Error("there is nothing to do");
    return { job, ticket: TICKET, lease: begun.lease };
  }

  /** Returns how many attempts can begin, if each sends this report and vanishes. */
  async function attempts(max: number, report: (attempt: number) => JobReport | undefined): Promise<number> {
    for (let attempt = 1; attempt <= max; attempt++) {
      const begun = await beginJob(redis, job, TICKET, "worker");
      if (begun === undefined) return attempt - 1;
      const said = report(attempt);
      if (said === undefined) continue;
      expect(await reportProgress(redis, { job, ticket: TICKET, lease: begun.lease }, said)).toBe(true);
    }
    return max;
  }

  const state = (): Promise<string | null> => redis.hget(redisKeys.job(job), "state");
  const said = (): Promise<number> => redis.xlen(redisKeys.reports(job));

  test("reports of a worker that has lost the job to another are rejected and change nothing", async () => {
    const lost = await begin();
    expect(await reportProgress(redis, lost, notice("still mine"))).toBe(true);
    const holder = await begin();
    expect(await reportProgress(redis, lost, notice("too late"))).toBe(false);
    expect(await reportProgress(redis, lost, checkpoint(1, 0), { checkpoint: "late" })).toBe(false);
    expect(await reportProgress(redis, lost, notice("over"), { state: "ended" })).toBe(false);
    expect(await said()).toBe(1);
    expect(await redis.hmget(redisKeys.job(job), "state", "checkpoint")).toEqual(["running", ""]);
    expect(await reportProgress(redis, holder, notice("mine now"))).toBe(true);
    expect(await said()).toBe(2);
  });

  test("reports are rejected if the job was queued again, returned or ended", async () => {
    const holder = await begin();
    expect(await reportProgress(redis, { ...holder, ticket: "earlier" }, notice("of before"))).toBe(false);
    expect(await reportProgress(redis, holder, notice("returned"), { state: "waiting" })).toBe(true);
    expect(await reportProgress(redis, holder, notice("after that"))).toBe(false);
    const next = await begin();
    expect(await reportProgress(redis, next, notice("ended"), { state: "ended" })).toBe(true);
    expect(await reportProgress(redis, next, notice("after that"))).toBe(false);
    expect(await said()).toBe(2);
  });

  test("a job ends if six workers in a row vanish without new progress", async () => {
    expect(await attempts(10, () => undefined)).toBe(6);
    expect(await state()).toBe("ended");
    const [[, fields] = ["", []]] = await redis.xrange(redisKeys.reports(job), "-", "+");
    expect(fields?.[1]).toContain("6 workers vanished while they trained it");
  });

  test.for([
    ["an epoch", epoch],
    ["a checkpoint within an epoch", (attempt: number) => checkpoint(0, 100 * attempt)],
    ["a checkpoint after an epoch", (attempt: number) => checkpoint(attempt, 0)],
  ] as const)("any number of workers may vanish if each makes new progress: %s", async ([, report]) => {
    expect(await attempts(20, report)).toBe(20);
    expect(await state()).toBe("running");
  });

  test.for([
    ["an epoch", () => epoch(2)],
    ["a checkpoint", () => checkpoint(1, 100)],
    ["an epoch before one", (attempt: number) => (attempt === 1 ? checkpoint(2, 100) : epoch(2))],
    [
      "more of an earlier epoch",
      (attempt: number) => (attempt % 2 === 1 ? checkpoint(2, 0) : checkpoint(1, 100)),
    ],
    ["less of an epoch", (attempt: number) => checkpoint(1, 1000 - 100 * attempt)],
    ["a notice", () => notice("The data is here.")],
  ] as const)("progress that was reported before is not new: %s", async ([, report]) => {
    expect(await attempts(20, report)).toBe(6);
    expect(await state()).toBe("ended");
  });
});
