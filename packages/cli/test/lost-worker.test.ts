import { Queue, Worker } from "bullmq";
import { expect, onTestFinished, test } from "vitest";

import { createStalledJobOptions } from "@nn/runner/redis";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";

test("a worker is lost after the given seconds, and BullMQ checks twice in this time", () => {
  expect(createStalledJobOptions(30)).toMatchObject({ lockDuration: 30_000, stalledInterval: 15_000 });
});

test.skipIf(!isRedisInstalled)("the server reserves a trial for a worker for this time", async () => {
  const server = await RedisServer.start();
  onTestFinished(() => server.remove());
  const redis = server.client();
  onTestFinished(() => redis.disconnect());
  const queue = new Queue("trials", { connection: redis, skipVersionCheck: true });
  const kept = Promise.withResolvers<number>();
  // A limit of hours, so that the time between two commands does not matter.
  const hours = 10;
  const worker = new Worker(
    "trials",
    async (job) => kept.resolve(await redis.pttl(`${queue.toKey(job.id!)}:lock`)),
    { connection: redis, skipVersionCheck: true, ...createStalledJobOptions(hours * 3600) },
  );
  await queue.add("trial", {});
  const left = (await kept.promise) / 3_600_000;
  await worker.close();
  await queue.close();
  expect(left).toBeLessThanOrEqual(hours);
  expect(left).toBeGreaterThan(hours - 1);
});
