import { setTimeout } from "node:timers/promises";

import { cliPath, Program } from "../program.ts";
import type { SmallDisk } from "./small-disk.ts";

/** The run of a sweep: a command that is given again whenever its process has been killed. */
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

  /** `whom`: its process alone, or those that it has started as well. */
  async kill(whom: "group" | "itself"): Promise<void> {
    this.#program.signal("SIGKILL", whom);
    await this.#program.ended;
    assertNoStackTrace(this.#program);
    this.#program = this.#start();
  }

  /**
   * Fills the disk; the run has to end with a message, and again when it is tried without space. Then there
   * is some, and it goes on. False where the sweep was over before.
   */
  async fillDisk(): Promise<boolean> {
    const isNoticed = await waitForDiskFullExit(this.#program, this.#disk);
    if (isNoticed) await waitForDiskFullExit(this.#start(), this.#disk);
    this.#disk.free();
    if (isNoticed) this.#program = this.#start();
    return isNoticed;
  }

  /** Waits for the end of the sweep, which has to come. */
  async end(): Promise<void> {
    const code = await this.#program.ended;
    assertNoStackTrace(this.#program);
    if (code !== 0) throw new Error(`the run ended with exit code ${code}:\n${this.#program.output}`);
  }
}

/**
 * Keeps the disk full until the program has ended, which it has to do by itself, and with a message. False
 * where it had nothing to write any more, or where nothing is to come of it.
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

/** Whatever happens, nobody is to see a stack trace. */
export function assertNoStackTrace({ output }: Program): void {
  if (/Unexpected error|^\s+at .*:\d+/m.test(output)) throw new Error(`a stack trace was shown:\n${output}`);
}
