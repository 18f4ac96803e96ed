import { execFileSync, type ChildProcess } from "node:child_process";
import { setTimeout } from "node:timers/promises";

/** Returns the running child processes of a process. */
export function listChildProcesses(parent: number): number[] {
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
export interface RunningProcess {
  readonly nodeChildProcess: ChildProcess;
}

/** Waits until a condition holds. Throws Error if the process ends before. */
export async function waitUntil(running: RunningProcess, condition: () => boolean): Promise<void> {
  while (!condition()) {
    const end = endOf(running);
    if (end === null) await setTimeout(5);
    // The condition may hold since the last check.
    else if (condition()) return;
    else throw new Error(`the process is over (${end}) before what was waited for: ${String(condition)}`);
  }
}

export function hasEnded(running: RunningProcess): boolean {
  return endOf(running) !== null;
}

/** Returns the exit code or the signal; null while the process runs. */
function endOf({ nodeChildProcess: { exitCode, signalCode } }: RunningProcess): number | string | null {
  return signalCode ?? exitCode;
}

/** Waits until the processes have exited. The time limit of the test ends the wait if they do not. */
export async function waitForExit(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await setTimeout(5);
}
