import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Redis } from "ioredis";

/** Redis, or otherwise Valkey. */
const program = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Whether a server is installed. Without one, tests that need it are skipped. */
export const isRedisInstalled = program !== undefined;

export interface RedisServerOptions {
  readonly password?: string;
  /**
   * Whether the server writes its data to the disk, when `save` is called or SIGTERM ends it. Otherwise it
   * restarts without data.
   */
  readonly isKept?: boolean;
}

/** A server on the loopback interface of this machine, for one test file. */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "nn-redis-"));
  readonly #port: number;
  readonly #options: RedisServerOptions;
  #child: ChildProcess | undefined;

  private constructor(port: number, options: RedisServerOptions) {
    this.#port = port;
    this.#options = options;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  get url(): string {
    const { password } = this.#options;
    const login = password === undefined ? "" : `:${password}@`;
    return `redis://${login}127.0.0.1:${this.#port}`;
  }

  get urlWithoutPassword(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Id of the current process. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { password, isKept = false } = this.#options;
    // With any save rule, the server also saves at its end. The rule itself, after an hour, never applies in
    // tests.
    const save = isKept ? "3600 1" : "";
    const options = ["--port", `${this.#port}`, "--bind", "127.0.0.1", "--save", save, "--dir", this.#folder];
    if (password !== undefined) options.push("--requirepass", password);
    this.#child = spawn(program!, options, { stdio: "ignore" });
    const client = this.client();
    await client.ping();
    client.disconnect();
  }

  /** Opens a connection. The caller closes it. */
  client(): Redis {
    const client = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on("error", () => {});
    return client;
  }

  /**
   * Starts to record all commands that the server receives, one per line, as MONITOR shows them. The caller
   * ends it.
   */
  async watch(): Promise<{ commands(): Promise<string[]>; end(): void }> {
    // Does not use ioredis, which treats output of MONITOR before the first reply as an error.
    const socket = connect(this.#port, "127.0.0.1");
    let shown = "";
    socket.setEncoding("utf8").on("data", (text: string) => (shown += text));
    const { password } = this.#options;
    socket.write(`${password === undefined ? "" : `AUTH ${password}\r\n`}MONITOR\r\n`);
    const client = this.client();
    /** Waits until all commands up to now have been received. */
    const commands = async (): Promise<string[]> => {
      const mark = randomUUID();
      do await client.echo(mark);
      while (!shown.includes(mark));
      return shown.split("\r\n");
    };
    await commands();
    return {
      commands,
      end: () => {
        socket.destroy();
        client.disconnect();
      },
    };
  }

  /** Saves the data to the disk. After a kill, the server restarts with these data. */
  async save(): Promise<void> {
    const client = this.client();
    await client.save();
    client.disconnect();
  }

  /** Deletes the saved data. */
  forget(): void {
    rmSync(join(this.#folder, "dump.rdb"), { force: true });
  }

  /** Stops the process. With SIGKILL, it keeps only saved data. */
  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await gone;
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
