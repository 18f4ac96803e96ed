import { setTimeout } from "node:timers/promises";

import { cliPath, Program } from "../program.ts";
import type { SmallDisk } from "./small-disk.ts";

/** The run of a sweep: a command that is run again each time its process is killed. */
export class Coordinator {
  readonly #args: readonly string[];
  readonly #disk: SmallDisk;
  #program: Program;

  constructor(args: readonly string[], disk: SmallDisk) {
    this.#args = ["experiment", ...args];
    this.#disk = disk;
    this.#program = this.#start();
  }

  #start(): Program {
    return new Program(process.execPath, [cliPath, ...this.#args]);
  }

  get program(): Program {
    return this.#program;
  }

  /** `whom`: only its process, or also the processes that it has started. */
  async kill(whom: "group" | "itself"): Promise<void> {
    this.#program.signal("SIGKILL", whom);
    await this.#program.ended;
    assertNoStackTrace(this.#program);
    this.#program = this.#start();
  }

  /**
   * Fills the disk. The run must exit with a message, also when it is resumed on the full disk. Then frees
   * the disk and resumes the run. Returns false if the sweep had ended before.
   */
  async fillDisk(): Promise<boolean> {
    const isNoticed = await waitForDiskFullExit(this.#program, this.#disk);
    if (isNoticed) await waitForDiskFullExit(this.#start(), this.#disk);
    this.#disk.free();
    if (isNoticed) this.#program = this.#start();
    return isNoticed;
  }

  /** Waits for the end of the sweep. Throws Error if it fails. */
  async end(): Promise<void> {
    const code = await this.#program.ended;
    assertNoStackTrace(this.#program);
    if (code !== 0) throw new Error(`the run ended with exit code ${code}:\n${this.#program.output}`);
  }
}

/**
 * Keeps the disk full until the program exits. It must exit by itself, with a message. Returns false if it
 * had nothing more to write.
 */
export async function waitForDiskFullExit(
  program: Program,
  disk: SmallDisk,
  isMoot: () => boolean = () => false,
): Promise<boolean> {
  const limit = AbortSignal.timeout(60_000);
  while (!program.isOver) {
    if (isMoot()) return false;
    disk.fill();
    await setTimeout(10);
    if (limit.aborted) throw new Error(`a full disk was not noticed:\n${program.output}`);
  }
  const code = await program.ended;
  assertNoStackTrace(program);
  if (code !== 0 && !/no space is left on the disk|disk is full/.test(program.output)) {
    throw new Error(`a full disk was not told, and the exit code was ${code}:\n${program.output}`);
  }
  return code !== 0;
}

/** Throws Error if the program has printed a stack trace. */
export function assertNoStackTrace({ output }: Program): void {
  if (/Unexpected error|^\s+at .*:\d+/m.test(output)) throw new Error(`a stack trace was shown:\n${output}`);
}
