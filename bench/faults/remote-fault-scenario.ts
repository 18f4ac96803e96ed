import { globSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

import { KEY_PREFIX } from "../../packages/runner/src/redis/keys.ts";
import type { Fault } from "../../packages/cli/test/support/fault-plan.ts";
import { RedisServer } from "../../packages/cli/test/support/redis-server.ts";
import { cliPath, Program, sendSignal } from "../program.ts";
import { assertNoStackTrace, waitForDiskFullExit, type Coordinator } from "./coordinator.ts";
import type { FaultScenario } from "./fault-scenario.ts";
import { SmallDisk } from "./small-disk.ts";

const LOST_AFTER = 3;

/** A sweep whose trials are trained by three workers, through a Redis server on this machine. */
export class RemoteFaultScenario implements FaultScenario {
  readonly others = {
    frozen: 2,
    "disk full": 2,
    "worker's disk full": 2,
    "redis restarted": 1,
    "redis restarted without its data": 1,
    "redis restarted with older data": 1,
  };
  readonly #server: RedisServer;
  readonly #workers: RemoteWorker[];

  static async begin(scratch: string): Promise<RemoteFaultScenario> {
    const server = await RedisServer.start({ isKept: true });
    process.on("exit", () => server.pid !== undefined && sendSignal(server.pid, "SIGKILL"));
    return new RemoteFaultScenario(server, scratch);
  }

  private constructor(server: RedisServer, scratch: string) {
    this.#server = server;
    this.#workers = [1, 2, 3].map((n) => new RemoteWorker(server.url, path.join(scratch, `worker-${n}`)));
  }

  get args(): readonly string[] {
    return ["--set", "executor.type=redis", "--set", `executor.url=${this.#server.url}`];
  }

  async inflict({ what, which, how }: Fault, coordinator: Coordinator): Promise<boolean> {
    const server = this.#server;
    const worker = this.#workers[Math.floor(which * this.#workers.length)];
    if (worker === undefined) throw new Error("there are no workers");
    const downtime = 2000 * how;
    if (what.startsWith("redis")) await this.#allConnected(coordinator);
    switch (what) {
      case "coordinator":
        await coordinator.kill("itself");
        return true;
      case "worker":
        await worker.kill(how < 0.5 ? "group" : "itself");
        return true;
      case "both":
        await Promise.all([coordinator.kill("itself"), worker.kill(how < 0.5 ? "group" : "itself")]);
        return true;
      case "frozen":
        return freeze(worker, coordinator);
      case "disk full":
        return coordinator.fillDisk();
      case "worker's disk full":
        return worker.fillDisk(coordinator);
      case "redis restarted":
        await server.stop("SIGTERM");
        break;
      case "redis restarted without its data":
        await server.stop("SIGKILL");
        server.forget();
        break;
      case "redis restarted with older data":
        await server.save();
        await setTimeout(500 + 1500 * which);
        await server.stop("SIGKILL");
        break;
      default:
        throw new Error(`no such fault: ${what}`);
    }
    await setTimeout(downtime);
    await server.start();
    return true;
  }

  /** Nothing starts without a server. Later, all processes must tolerate its faults. */
  async #allConnected({ program }: Coordinator): Promise<void> {
    const isConnected = (): boolean =>
      /workers? (is|are) connected, for/.test(program.output) &&
      this.#workers.every(({ program }) => /Training up to/.test(program.output));
    while (!isConnected() && !program.isOver) await setTimeout(20);
  }

  async leftovers(): Promise<string[]> {
    const client = this.#server.client();
    let left = ["?"];
    // The server rejects the files of a worker that has lost its trial, and the worker deletes them.
    for (let second = 0; second < 10 && left.length > 0; second++) {
      await setTimeout(1000);
      left = await client.keys(`${KEY_PREFIX}:job*`);
    }
    client.disconnect();
    return left.map((key) => `the server still has ${key}`);
  }

  async close(): Promise<string[]> {
    const left = await Promise.all(this.#workers.map((worker) => worker.close()));
    await this.#server.remove();
    return left.flat();
  }
}

/**
 * A command that is run again each time its process ends. Its temporary files are on a separate disk.
 */
class RemoteWorker {
  readonly #url: string;
  readonly #disk: SmallDisk;
  #program: Program;

  constructor(url: string, folder: string) {
    this.#url = url;
    this.#disk = new SmallDisk(folder, 64);
    this.#program = this.#start();
  }

  #start(): Program {
    const args = ["worker", "--url", this.#url, "--workers", "1", "--lost-after", `${LOST_AFTER}`];
    return new Program(process.execPath, [cliPath, ...args], { TMPDIR: this.#disk.folder });
  }

  get program(): Program {
    return this.#program;
  }

  async kill(whom: "group" | "itself"): Promise<void> {
    this.#program.signal("SIGKILL", whom);
    await this.#program.ended;
    assertNoStackTrace(this.#program);
    this.#program = this.#start();
  }

  /**
   * Fills the disk of the worker. The worker must exit with a message, and the run must continue without it.
   * Returns false if the sweep ends before the worker writes anything.
   */
  async fillDisk(coordinator: Coordinator): Promise<boolean> {
    const isNoticed = await waitForDiskFullExit(this.#program, this.#disk, () => coordinator.program.isOver);
    this.#disk.free();
    if (isNoticed) this.#program = this.#start();
    return isNoticed;
  }

  async close(): Promise<string[]> {
    this.#program.signal("SIGINT", "itself");
    const code = await this.#program.ended;
    assertNoStackTrace(this.#program);
    const { folder } = this.#disk;
    const left = globSync("nn-worker-*", { cwd: folder }).map((name) => `${path.join(folder, name)} is left`);
    return code === 0 ? left : [...left, `a worker ended with exit code ${code}:\n${this.#program.output}`];
  }
}

/**
 * Waits until another worker has resumed its trial, and some time longer. Returns false if it had no trial.
 */
async function freeze({ program: worker }: RemoteWorker, { program }: Coordinator): Promise<boolean> {
  const told = (): number =>
    program.output.split(/ resumes trial \d+, which another worker did not finish/).length;
  // Other workers have taken over the trials of killed workers by then.
  await setTimeout(2000 * LOST_AFTER);
  const before = told();
  worker.signal("SIGSTOP");
  const limit = AbortSignal.timeout(5000 * LOST_AFTER);
  while (told() === before && !program.isOver && !limit.aborted) await setTimeout(50);
  const isMissed = told() > before;
  if (isMissed) await setTimeout(300);
  worker.signal("SIGCONT");
  return isMissed;
}
