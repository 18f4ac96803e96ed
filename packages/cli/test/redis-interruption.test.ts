import { existsSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { redisChannels, KEY_PREFIX } from "@nn/runner/redis";
import { waitUntil } from "./support/processes.ts";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";
import {
  LONG_EPOCHS,
  longSweep,
  longLeaseOptions,
  slowTrainingOption,
  slowDownWorkers,
  speedUpWorkers,
  startWorker,
  redisOptions,
  createLocalRuns,
} from "./support/remote.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** The number of completed epochs, and the number of images of the next epoch. */
interface Place {
  readonly epoch: number;
  readonly seen: number;
}

describe.skipIf(!isRedisInstalled)("through redis-server (skipped if it is not installed):", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  const embedded = createLocalRuns(prepare);
  /** With this interval, a checkpoint before the end of a trial has been written because of a signal. */
  const options = (): string[] => [...redisOptions(server.url), "--checkpoint-every", "100000"];

  /** Starts to record from where trials resume, according to the reports of workers on the server. */
  async function listenForPlaces(): Promise<() => Promise<Place[]>> {
    const watch = await server.watch();
    onTestFinished(() => watch.end());
    return async () => {
      // A script adds each report.
      const reports = (await watch.commands()).filter((line) => / lua\] "XADD"/i.test(line));
      return reports.flatMap((line) => {
        const [, epoch, seen] = /"resumed\\",\\"epoch\\":(\d+),\\"seen\\":(\d+)/.exec(line) ?? [];
        return epoch === undefined ? [] : [{ epoch: Number(epoch), seen: Number(seen) }];
      });
    };
  }

  /**
   * Starts to record the server's commands. The returned function waits until the run has told the worker of
   * trial 1 to stop. Until then, a second Ctrl-C would leave the worker without that message, and it would
   * train the entire trial. Messages about other trials do not count: while the server still lists workers of
   * an earlier test, the run queues more trials than there are workers.
   */
  async function listenForStop(): Promise<() => Promise<void>> {
    const watch = await server.watch();
    onTestFinished(() => watch.end());
    const client = server.client();
    onTestFinished(() => client.disconnect());
    const keys = await client.keys(`${KEY_PREFIX}:job:*:1:${LONG_EPOCHS}`);
    expect(keys).toHaveLength(1);
    const ticket = await client.hget(keys[0]!, "ticket");
    return async () => {
      const isTold = (line: string): boolean =>
        line.includes(redisChannels.stopped) && line.includes(ticket!);
      while (!(await watch.commands()).some(isTold));
    };
  }

  const byPlace = (one: Place, two: Place): number => one.epoch - two.epoch || one.seen - two.seen;

  test.for(["SIGINT", "SIGTERM"] as const)(
    "%s to a run: it prints where each trial was stopped, and the same command resumes at that step",
    async (signal) => {
      const folder = prepare(longSweep);
      slowDownWorkers(folder);
      const workers = [1, 2].map(() => startWorker(folder, server.url, longLeaseOptions));
      const run = folder.start(options(), { detached: true });
      await waitUntil(run, () => folder.epochsOf(1) >= 3 && folder.epochsOf(2) >= 3);
      process.kill(run.pid!, signal);
      const { exitCode, stdout } = await run;
      expect(exitCode).toBe(130);
      const stopped = [1, 2].map((trial) => folder.placeOf(trial));
      const places = stopped.map(
        ({ epoch }, index) => `trial ${index + 1} in epoch ${epoch + 1} of ${LONG_EPOCHS}`,
      );
      expect(stdout).toContain(
        `\nStopped ${places.join(", ")}; run the same command to resume.\nInterrupted. 0 of 4 trials are done`,
      );
      for (const worker of workers) {
        expect(worker.isGone()).toBe(false);
        expect(worker.said()).toMatch(/trial [12] stopped with its run after epoch \d+/);
      }
      const client = server.client();
      onTestFinished(() => client.disconnect());
      expect(await client.keys(`${KEY_PREFIX}:job*`)).toEqual([]);

      speedUpWorkers(folder);
      const resumed = await listenForPlaces();
      expect((await folder.run(options())).code).toBe(0);
      expect((await resumed()).sort(byPlace)).toEqual(stopped.toSorted(byPlace));
      expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
    },
  );

  test.for([
    ["one Ctrl-C ends the run after some seconds", 1],
    ["a second Ctrl-C ends the run at once", 2],
  ] as const)("if a worker does not respond, %s", async ([, times]) => {
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const worker = startWorker(folder, server.url, longLeaseOptions);
    const run = folder.start(options(), { detached: true });
    let said = "";
    run.stderr.on("data", (text: Buffer) => (said += text.toString()));
    await waitUntil(run, () => folder.epochsOf(1) >= 3);
    worker.signal("SIGSTOP");
    const toldToStop = await listenForStop();
    process.kill(run.pid!, "SIGINT");
    await waitUntil(run, () => said.includes("Stopping. Press Ctrl-C again to stop at once."));
    if (times === 2) {
      await toldToStop();
      process.kill(run.pid!, "SIGINT");
    }
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    // A run that waits for the worker prints which trials are kept.
    expect(stdout.includes("Interrupted. 0 of 4 trials are done")).toBe(times === 1);
    expect(stdout).not.toContain("Stopped");
    worker.signal("SIGCONT");
    const resumed = await listenForPlaces();
    // The job has not been cancelled, so the worker uploads its checkpoint when it wakes, and the trial
    // resumes from it.
    if (times === 2) await waitUntil(worker.ended, () => worker.said().includes("stopped with its run"));
    speedUpWorkers(folder);
    expect((await folder.run(options())).code).toBe(0);
    expect(await resumed()).toHaveLength(times - 1);
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });

  test("an interrupted worker returns its trial with a checkpoint, and another one resumes it", async () => {
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const first = startWorker(folder, server.url, longLeaseOptions);
    const run = folder.start(options());
    await waitUntil(run, () => folder.epochsOf(1) >= 3);
    first.signal("SIGINT");
    expect((await first.ended).exitCode).toBe(0);
    expect(first.said()).toMatch(/trial 1 returned to the queue/);
    // This is the first checkpoint of the trial, because there is no other before its end. No worker trains
    // it now.
    const checkpoint = join(folder.runFolder(), "trials/1/checkpoint.safetensors");
    await expect.poll(() => existsSync(checkpoint), { timeout: 250_000 }).toBe(true);
    const stopped = folder.placeOf(1);
    const resumed = await listenForPlaces();
    speedUpWorkers(folder);
    startWorker(folder, server.url, longLeaseOptions);
    expect((await run).exitCode).toBe(0);
    expect(await resumed()).toEqual([stopped]);
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });

  test("a returned trial that was trained further here is queued with its newest checkpoint", async () => {
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const worker = startWorker(folder, server.url, longLeaseOptions);
    const run = folder.start(options(), { detached: true });
    let said = "";
    run.stderr.on("data", (text: Buffer) => (said += text.toString()));
    await waitUntil(run, () => folder.epochsOf(1) >= 2);
    const toldToStop = await listenForStop();
    process.kill(run.pid!, "SIGINT");
    await waitUntil(run, () => said.includes("Stopping. Press Ctrl-C again to stop at once."));
    await toldToStop();
    process.kill(run.pid!, "SIGINT");
    await run;
    // The server has the checkpoint, for which the run has not waited.
    await waitUntil(worker.ended, () => worker.said().includes("stopped with its run"));

    const here = folder.start(["--checkpoint-every", "100000", "--workers", "1"], {
      detached: true,
      env: { NODE_OPTIONS: slowTrainingOption },
    });
    await waitUntil(here, () => folder.epochsOf(1) >= 6);
    process.kill(here.pid!, "SIGINT");
    await here;
    const stopped = folder.placeOf(1);
    expect(stopped.epoch).toBeGreaterThanOrEqual(6);

    speedUpWorkers(folder);
    const resumed = await listenForPlaces();
    expect((await folder.run(options())).code).toBe(0);
    expect(await resumed()).toEqual([stopped]);
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });
});
