import { expect, onTestFinished, test } from "vitest";

import { KEY_PREFIX } from "@nn/runner/redis";
import type { BenchFolder } from "./support/bench-folder.ts";
import { planFaults, type Fault } from "./support/fault-plan.ts";
import { listChildProcesses, hasEnded, waitUntil } from "./support/processes.ts";
import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";
import { startWorker, redisOptions } from "./support/remote.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

// `pnpm run bench:faults` does the same on a larger scale, also with full disks and frozen workers.

const prepare = createSmallDataFolders();

/** An adaptive sampler, a pruner, and two seeds per configuration: 16 trials. */
const spec = `
name: small
repeats: 2
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: relu }
    - { type: dropout, rate: 0.1 }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 36, batchSize: 32 }
sweep:
  sampler: { type: tpe, trials: 8, generation: 4, startup: 4 }
  pruner: { type: successive-halving, eta: 2, minEpochs: 9 }
  parameters:
    optimizer.learningRate: { type: float, min: 0.01, max: 1, scale: log }
`;

interface Peace {
  readonly files: Record<string, string>;
  /** Number of lines of the journal. */
  readonly lines: number;
}

let known: Peace | undefined;
async function inPeace(): Promise<Peace> {
  if (known === undefined) {
    const folder = prepare(spec);
    const { code, err } = await folder.run(["--workers", "1"]);
    if (code !== 0) throw new Error(`the sweep failed by itself: ${err}`);
    known = { files: folder.promisedFiles(), lines: folder.journalLines() };
  }
  return known;
}

/** The run of the folder's sweep. It is restarted after each kill. */
class Coordinator {
  readonly #folder: BenchFolder;
  readonly #args: readonly string[];
  #run: ReturnType<BenchFolder["start"]>;
  #said = "";

  constructor(folder: BenchFolder, args: readonly string[]) {
    this.#folder = folder;
    this.#args = ["--checkpoint-every", "0", ...args];
    this.#run = this.#start();
    onTestFinished(() => this.#signal("SIGKILL", "group"));
  }

  #start(): ReturnType<BenchFolder["start"]> {
    const run = this.#folder.start(this.#args, { detached: true });
    this.#said = "";
    run.stdout?.on("data", (text: Buffer) => (this.#said += text.toString()));
    return run;
  }

  get workers(): number[] {
    return listChildProcesses(this.#run.pid!);
  }

  get said(): string {
    return this.#said;
  }

  get isOver(): boolean {
    return hasEnded(this.#run);
  }

  #signal(name: NodeJS.Signals, whom: "group" | "itself"): void {
    if (!this.isOver) process.kill(whom === "group" ? -this.#run.pid! : this.#run.pid!, name);
  }

  async kill(whom: "group" | "itself"): Promise<void> {
    this.#signal("SIGKILL", whom);
    await this.#run;
    this.#run = this.#start();
  }

  /** Waits until the journal has this many more lines. Returns false if the sweep ends before. */
  async continues(lines: number): Promise<boolean> {
    const goal = this.#folder.journalLines() + lines;
    await waitUntil(this.#run, () => this.isOver || this.#folder.journalLines() > goal);
    return !this.isOver;
  }

  /** Waits until the run has printed a text that matches, or has ended. */
  async says(words: RegExp): Promise<void> {
    await waitUntil(this.#run, () => this.isOver || words.test(this.#said));
  }

  end(): ReturnType<BenchFolder["start"]> {
    return this.#run;
  }
}

test("repeated kills of the run, of workers, or of both change no byte of a sweep", async () => {
  const { files, lines } = await inPeace();
  const folder = prepare(spec);
  const run = new Coordinator(folder, ["--workers", "2"]);
  for (const { what, after, which } of planFaults(5, {}, 5)) {
    if (!(await run.continues((after * lines) / 5))) break;
    if (what === "coordinator") await run.kill("itself");
    else if (what === "both") await run.kill("group");
    else {
      const worker = run.workers.at(Math.floor(which * 2));
      if (worker !== undefined) process.kill(worker, "SIGKILL");
    }
  }
  const { exitCode, stderr } = await run.end();
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(folder.promisedFiles()).toEqual(files);
});

test.skipIf(!isRedisInstalled)(
  "nor do they through a redis-server that restarts with older data",
  async () => {
    const { files, lines } = await inPeace();
    const server = await RedisServer.start({ isKept: true });
    onTestFinished(() => server.remove());
    const folder = prepare(spec);
    const start = (): ReturnType<typeof startWorker> =>
      startWorker(folder, server.url, ["--lost-after", "2"]);
    const workers = [start(), start()];
    const run = new Coordinator(folder, redisOptions(server.url));
    const killWorker = async ({ which }: Fault): Promise<void> => {
      const place = Math.floor(which * workers.length);
      workers[place]?.signal("SIGKILL");
      await workers[place]?.ended;
      workers[place] = start();
    };
    for (const fault of planFaults(4, { server: 1 }, 5)) {
      if (!(await run.continues((fault.after * lines) / 5))) break;
      if (fault.what === "server") {
        await server.save();
        await run.continues(lines / 16);
        // A run cannot start without the server, but a started run continues.
        await run.says(/ connected/);
        for (const { ended, said } of workers)
          await waitUntil(ended, () => said().includes("Training up to"));
        await server.stop();
        await server.start();
      }
      if (fault.what === "worker" || fault.what === "both") await killWorker(fault);
      if (fault.what === "coordinator" || fault.what === "both") await run.kill("itself");
    }
    const { exitCode, stderr } = await run.end();
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(folder.promisedFiles()).toEqual(files);
    const client = server.client();
    onTestFinished(() => client.disconnect());
    // A worker that reports too late deletes the files that it has uploaded.
    await expect.poll(() => client.keys(`${KEY_PREFIX}:job*`), { timeout: 60_000 }).toEqual([]);
  },
);
