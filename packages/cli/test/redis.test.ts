import { Queue } from "bullmq";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { KEY_PREFIX, computeCodeVersion, redisKeys, getQueueName } from "@nn/runner/redis";
import { smallSweep } from "./support/bench-folder.ts";
import { hasEnded, waitUntil } from "./support/processes.ts";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";
import {
  LONG_EPOCHS,
  longSweep,
  longLeaseOptions,
  slowDownWorkers,
  speedUpWorkers,
  startWorker,
  redisOptions,
  createLocalRuns,
} from "./support/remote.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

describe.skipIf(!isRedisInstalled)("through redis-server (skipped if it is not installed):", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  const embedded = createLocalRuns(prepare);

  test("a sweep writes the same files as without the server, and leaves nothing on the server", async () => {
    const alone = prepare(smallSweep);
    await alone.run();

    const folder = prepare(`${smallSweep}executor: { type: redis, url: "${server.url}" }\n`);
    const [one, two] = [startWorker(folder, server.url), startWorker(folder, server.url)];
    const { code, out, err } = await folder.run(["--workers", "3", "--threads", "2", "--simd", "128"]);
    expect(code).toBe(0);
    expect(out).toMatch(/\d workers? (is|are) connected/);
    expect(err).toContain(
      "notice: --workers, --threads and --simd have no effect, because the workers of the executor train the trials",
    );
    expect(JSON.parse(folder.read("environment.json"))).toMatchObject({ threads: null });
    expect(folder.promisedFiles()).toEqual(await embedded(smallSweep));
    expect(folder.runFolder().split("/").at(-1)).toBe(alone.runFolder().split("/").at(-1));

    one.signal("SIGINT");
    two.signal("SIGINT");
    expect((await one.ended).exitCode).toBe(0);
    await two.ended;
    const client = server.client();
    expect(
      (await client.keys("*")).filter(
        (key) => !key.startsWith(`${KEY_PREFIX}:${getQueueName(computeCodeVersion())}`),
      ),
    ).toEqual([]);
    client.disconnect();
  });

  test("pbt, a pruner and a target have the same bytes as without the server", async () => {
    const spec = smallSweep.replace(
      "sampler: { type: grid }",
      "sampler: { type: pbt, population: 3, interval: 2 }",
    );
    const halving = smallSweep.replace(
      "sampler: { type: grid }",
      "sampler: { type: grid }\n  pruner: { type: successive-halving, minEpochs: 2 }",
    );
    const withTarget = smallSweep.replace(
      "sampler: { type: grid }",
      "sampler: { type: grid }\n  budget: { target: 0.8 }",
    );
    for (const each of [spec, halving, withTarget]) {
      const folder = prepare(each);
      const worker = startWorker(folder, server.url);
      const { code, err } = await folder.run(redisOptions(server.url));
      expect(err).toBe("");
      expect(code).toBe(0);
      worker.signal("SIGINT");
      await worker.ended;
      expect(folder.promisedFiles()).toEqual(await embedded(each));
    }
  });

  test("a trial whose start the server has lost, because its memory was full, starts from it again", async () => {
    const spec = smallSweep
      .replace("repeats: 2", "repeats: 1")
      .replace("sampler: { type: grid }", "sampler: { type: pbt, population: 3, interval: 2 }");
    const folder = prepare(spec);
    // Its own server, because workers of this queue would look for lost workers only after this lease.
    const own = await RedisServer.start();
    onTestFinished(() => own.remove());
    slowDownWorkers(folder);
    const worker = startWorker(folder, own.url, longLeaseOptions);
    const client = own.client();
    onTestFinished(() => client.disconnect());
    const run = folder.start(redisOptions(own.url));
    const lost = new Set<string>();
    // Loses each start once, while the worker still trains another trial.
    while (lost.size < 2 && !hasEnded(run)) {
      for (const key of await client.keys(`${KEY_PREFIX}:job:*:start`)) {
        if (lost.has(key)) continue;
        lost.add(key);
        await client.del(key);
      }
    }
    speedUpWorkers(folder);
    const { exitCode, stdout } = await run;
    worker.signal("SIGINT");
    await worker.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("the server has lost the checkpoint from which the trial starts");
    expect(folder.promisedFiles()).toEqual(await embedded(spec));
  });

  test("workers that vanish during a trial, by SIGKILL or SIGSTOP, are replaced", async () => {
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const [killed, frozen] = [startWorker(folder, server.url), startWorker(folder, server.url)];
    const run = folder.start(redisOptions(server.url));
    // Each of them trains one trial.
    await waitUntil(run, () => folder.epochsOf(1) >= 3 && folder.epochsOf(2) >= 3);
    killed.signal("SIGKILL");
    frozen.signal("SIGSTOP");
    speedUpWorkers(folder);
    const other = startWorker(folder, server.url);
    await waitUntil(other.ended, () => /completed/.test(other.said()));
    frozen.signal("SIGCONT");
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("resumes trial");
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });

  test("a restarted coordinator uses epochs that were trained while it was not running", async () => {
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const worker = startWorker(folder, server.url, longLeaseOptions);
    const client = server.client();
    onTestFinished(() => client.disconnect());
    const reports = async (): Promise<number> => {
      const lengths = (await client.keys(`${KEY_PREFIX}:job:*:reports`)).map((key) => client.xlen(key));
      return (await Promise.all(lengths)).reduce((sum, length) => sum + length, 0);
    };
    let said = "";
    for (const lines of [10, 20]) {
      const run = folder.start(redisOptions(server.url), { detached: true });
      run.stdout.on("data", (text: Buffer) => (said += text.toString()));
      await waitUntil(run, () => folder.journalLines() > lines);
      process.kill(-run.pid!, "SIGKILL");
      await run;
      const before = await reports();
      await expect.poll(reports, { timeout: 250_000 }).toBeGreaterThan(before + 2);
    }
    speedUpWorkers(folder);
    const { code, out } = await folder.run(redisOptions(server.url));
    expect(code).toBe(0);
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
    // Each trial had only one attempt.
    expect(worker.said()).not.toContain("returned to the queue");
    expect(said + out).not.toContain("resumes trial");
    const epochs = folder.read("journal.jsonl").match(/"event":"epoch"/g);
    expect(epochs).toHaveLength(4 * LONG_EPOCHS);
  });

  test("a run continues after the server restarts without its data", async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.remove());
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const worker = startWorker(folder, own.url);
    const run = folder.start(redisOptions(own.url));
    let said = "";
    run.stdout.on("data", (text: Buffer) => (said += text.toString()));
    const missing = (text: string): number => text.split("does not respond").length - 1;
    for (const [times, lines] of [
      [1, 10],
      [2, 20],
    ] as const) {
      await waitUntil(run, () => folder.journalLines() > lines);
      await own.stop();
      await waitUntil(run, () => missing(said) === times);
      await waitUntil(worker.ended, () => missing(worker.said()) === times);
      await own.start();
    }
    speedUpWorkers(folder);
    expect((await run).exitCode).toBe(0);
    expect(said).toContain("responds again");
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });

  test("workers end with a message if the server is out of memory; later workers continue", async () => {
    const own = await RedisServer.start();
    onTestFinished(() => own.remove());
    const folder = prepare(longSweep);
    slowDownWorkers(folder);
    const worker = startWorker(folder, own.url);
    const run = folder.start(redisOptions(own.url));
    await waitUntil(run, () => folder.epochsOf(1) >= 3);
    const client = own.client();
    await client.config("SET", "maxmemory", "1");
    expect((await worker.ended).exitCode).toBe(1);
    expect(worker.said()).toMatch(
      /^error: the server reports an error: OOM command not allowed [^\n]*'maxmemory'\.\n/m,
    );
    expect(worker.said()).not.toMatch(/^\s+at /m);
    await client.config("SET", "maxmemory", "0");
    client.disconnect();
    speedUpWorkers(folder);
    startWorker(folder, own.url);
    // The run has also ended if it tried to write to the server.
    const { exitCode } = await run;
    expect(exitCode === 0 ? exitCode : (await folder.run(redisOptions(own.url))).code).toBe(0);
    expect(folder.promisedFiles()).toEqual(await embedded(longSweep));
  });

  test("a version mismatch is reported on both sides, and the worker gets no trials", async () => {
    const client = server.client();
    onTestFinished(() => client.disconnect());
    const say = async (kind: "run" | "worker"): Promise<void> => {
      await client.set(
        redisKeys.registration(kind, "other"),
        JSON.stringify({ name: `old ${kind}`, version: "0.0.9", places: 4 }),
      );
      await client.sadd(redisKeys.present(kind), "other");
    };
    await say("run");
    await say("worker");
    onTestFinished(async () => {
      await client.del(redisKeys.registration("run", "other"), redisKeys.registration("worker", "other"));
    });
    const folder = prepare(smallSweep);
    const run = folder.start(redisOptions(server.url));
    let shown = "";
    run.stdout?.on("data", (text: Buffer) => (shown += text.toString()));
    await waitUntil(run, () => shown.includes("No worker is connected") && shown.includes("old worker"));
    expect(shown).toContain(
      `The worker old worker has version 0.0.9 of the code, but this run has ${computeCodeVersion()}.`,
    );
    const worker = startWorker(folder, server.url);
    expect((await run).exitCode).toBe(0);
    await waitUntil(worker.ended, () =>
      worker.said().includes("The run of old run has version 0.0.9 of the code"),
    );
  });

  test("an invalid job is rejected, and the worker continues", async () => {
    const folder = prepare(smallSweep);
    const worker = startWorker(folder, server.url);
    const client = server.client();
    const queue = new Queue(getQueueName(computeCodeVersion()), {
      connection: client,
      prefix: KEY_PREFIX,
      skipVersionCheck: true,
    });
    await queue.add("x", { wire: JSON.stringify({ spec: "rm -rf" }) }, { removeOnComplete: true });
    await waitUntil(worker.ended, () => worker.said().includes("A job was refused"));
    expect((await folder.run(redisOptions(server.url))).code).toBe(0);
    expect(folder.promisedFiles()).toEqual(await embedded(smallSweep));
    await queue.close();
    client.disconnect();
  });

  test("a worker with different images under the same name prints an error and ends", async () => {
    const folder = prepare(smallSweep);
    const elsewhere = prepare(smallSweep);
    // 600 labels, 0 and 1 in turn.
    elsewhere.write("data/mnist/train-labels-idx1-ubyte", `\0\0\x08\x01\0\0\x02\x58${"\0\x01".repeat(300)}`);
    const run = folder.start(redisOptions(server.url));
    const worker = startWorker(elsewhere, server.url);
    expect((await worker.ended).exitCode).toBe(1);
    expect(worker.said()).toContain("the data set mnist on this machine differs from that of small.");
    startWorker(folder, server.url);
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("stops: the data set mnist on this machine differs");
    expect(folder.promisedFiles()).toEqual(await embedded(smallSweep));
  });

  test("a worker with different custom data prints an error and ends", async () => {
    const spec = `
name: small
dataset: { type: csv, training: train.csv, test: train.csv, label: first }
model: { layers: [{ type: flatten }, { type: dense, units: 2 }] }
optimizer: { type: sgd, learningRate: 0.01 }
training: { epochs: 1, batchSize: 2 }
`;
    const folder = prepare(spec);
    const ours = "0,9,2,3,4\n1,200,3,4,5\n0,2,3,4,5\n1,201,4,5,6\n";
    folder.write("train.csv", ours);
    const run = folder.start(redisOptions(server.url));
    await waitUntil(run, () => folder.journalLines() > 0 && folder.read("journal.jsonl").includes("sha256"));
    folder.write("train.csv", ours.replace("200", "199"));
    const worker = startWorker(folder, server.url);
    expect((await worker.ended).exitCode).toBe(1);
    expect(worker.said()).toContain(
      "the data set csv ./train.csv, ./train.csv (label: first) on this machine differs from that of small.",
    );
    expect(worker.said()).toContain("Copy the files of the run to this machine.");
    folder.write("train.csv", ours);
    startWorker(folder, server.url);
    expect((await run).exitCode).toBe(0);
  });

  test("a password is accepted, and never printed or written to a file", async () => {
    const own = await RedisServer.start({ password: "very-secret" });
    onTestFinished(() => own.remove());
    const folder = prepare(smallSweep);

    const without = await folder.run(redisOptions(own.urlWithoutPassword));
    expect(without.code).toBe(1);
    expect(without.err).toContain("requires a password");
    const wrong = await folder.run(redisOptions(own.url.replace("very-secret", "another-one")));
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("does not accept the user name or the password");
    expect(wrong.err).not.toContain("another-one");
    const hidden = await folder.run(redisOptions(own.url.replace("very-secret", "***")));
    expect(hidden.err).toContain(
      "*** in the address replaces the password: write the password itself, or leave it out",
    );

    const run = folder.start(redisOptions(own.url));
    // Without workers, the run prints how to start one.
    let said = "";
    run.stdout.on("data", (text: Buffer) => (said += text.toString()));
    await waitUntil(run, () => /No worker is connected[^]*redis:\/\/\S+\s/.test(said));
    expect(said).toContain(own.url.replace("very-secret", "***"));
    startWorker(folder, own.urlWithoutPassword, [], { NN_REDIS_PASSWORD: "very-secret" });
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain("very-secret");
    expect(folder.promisedFiles()).toEqual(await embedded(smallSweep));
    for (const file of ["experiment.yaml", "environment.json", "journal.jsonl"]) {
      expect(folder.read(file)).not.toMatch(/very-secret|redis/);
    }
  });
});

test("without a server, the message explains what to do", async () => {
  const folder = prepare(smallSweep);
  const { code, err } = await folder.run(redisOptions("redis://:hidden@127.0.0.1:1"));
  expect(code).toBe(1);
  expect(err).toBe(
    "error: no Redis server responds at redis://:***@127.0.0.1:1 (ECONNREFUSED connect ECONNREFUSED 127.0.0.1:1). " +
      "Start one, for instance with redis-server or valkey-server, or correct the address.",
  );
});
