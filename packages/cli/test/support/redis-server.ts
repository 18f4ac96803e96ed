import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Redis } from "ioredis";

/** Valkey does as well. */
const program = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Tests that need a server are skipped without. */
export const isRedisHere = program !== undefined;

export interface RedisServerOptions {
  readonly password?: string;
  /**
   * It writes to the disk what it has when it is saved or ended by SIGTERM. Else, when it restarts,
   * everything is gone.
   */
  readonly isKept?: boolean;
}

/** A server of one's own on this machine's loopback. */
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

  /** The process that it is now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const { password, isKept = false } = this.#options;
    // With any rule of when to save it saves at its end, too; nothing here takes an hour.
    const save = isKept ? "3600 1" : "";
    const options = ["--port", `${this.#port}`, "--bind", "127.0.0.1", "--save", save, "--dir", this.#folder];
    if (password !== undefined) options.push("--requirepass", password);
    this.#child = spawn(program!, options, { stdio: "ignore" });
    const client = this.client();
    await client.ping();
    client.disconnect();
  }

  /** Whoever uses it ends it. */
  client(): Redis {
    const client = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on("error", () => {});
    return client;
  }

  /**
   * Whoever uses it ends it. Gives all commands that the server has got since then, one a line, as MONITOR
   * shows them.
   */
  async watch(): Promise<{ commands(): Promise<string[]>; end(): void }> {
    // ioredis takes what the server shows before its first answer for an error.
    const socket = connect(this.#port, "127.0.0.1");
    let shown = "";
    socket.setEncoding("utf8").on("data", (text: string) => (shown += text));
    const { password } = this.#options;
    socket.write(`${password === undefined ? "" : `AUTH ${password}\r\n`}MONITOR\r\n`);
    const client = this.client();
    /** Until it shows what is sent now. */
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

  /** What it has now is what it will have when it is killed and started again. */
  async save(): Promise<void> {
    const client = this.client();
    await client.save();
    client.disconnect();
  }

  /** Takes away what has been saved. */
  forget(): void {
    rmSync(join(this.#folder, "dump.rdb"), { force: true });
  }

  /** By SIGKILL, nothing is kept but what has been saved. */
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
