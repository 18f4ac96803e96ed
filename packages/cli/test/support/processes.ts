import { execFileSync, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** The processes that this one has started and that still run. */
export function childrenOf(parent: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  return table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, ppid, state]) => Number(ppid) === parent && !state?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A process that execa has started. */
export interface Running {
  readonly nodeChildProcess: ChildProcess;
}

/**
 * Waits for something that the process is about to do. Throws when the process is over and has not done it.
 */
export async function until(running: Running, condition: () => boolean): Promise<void> {
  while (!condition()) {
    const end = endOf(running);
    if (end === null) await setTimeout(5);
    // It may have done it in its last moments.
    else if (condition()) return;
    else throw new Error(`the process is over (${end}) before what was waited for: ${String(condition)}`);
  }
}

export function isOver(running: Running): boolean {
  return endOf(running) !== null;
}

/** Exit code or signal; null while it runs. */
function endOf({ nodeChildProcess: { exitCode, signalCode } }: Running): number | string | null {
  return signalCode ?? exitCode;
}

/** Waits for processes that end by themselves; the test's own time limit ends it if they do not. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await setTimeout(5);
}
