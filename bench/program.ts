import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";

/** The path of the command-line program. */
export const cliPath = path.join(path.dirname(import.meta.dirname), "packages/cli/src/cli.js");

/**
 * A process in its own process group, which can be signalled as a whole. Its output is recorded. It ends with
 * this process at the latest.
 */
export class Program {
  static readonly #running = new Set<Program>();
  readonly #child: ChildProcess;
  #output = "";
  /** Its exit code; null if a signal ended it. */
  readonly ended: Promise<number | null>;

  static {
    process.on("exit", () => Program.#running.forEach((program) => program.signal("SIGKILL")));
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  }

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#child = spawn(command, args, {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    const keep = (text: string): void => void (this.#output += text);
    this.#child.stdout?.setEncoding("utf8").on("data", keep);
    this.#child.stderr?.setEncoding("utf8").on("data", keep);
    Program.#running.add(this);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once("error", reject);
      this.#child.once("close", (code) => {
        Program.#running.delete(this);
        resolve(code);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** `whom`: the process and all that it has started, or only the process itself. */
  signal(name: NodeJS.Signals, whom: "group" | "itself" = "group"): void {
    if (this.#child.pid !== undefined)
      sendSignal(whom === "group" ? -this.#child.pid : this.#child.pid, name);
  }
}

/** `pid`: as `process.kill` takes it. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has just ended by itself
  }
}
