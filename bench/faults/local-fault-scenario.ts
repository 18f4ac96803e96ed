import { setTimeout } from "node:timers/promises";

import type { Fault } from "../../packages/cli/test/support/fault-plan.ts";
import { listChildProcesses } from "../../packages/cli/test/support/processes.ts";
import { sendSignal } from "../program.ts";
import type { Coordinator } from "./coordinator.ts";
import type { FaultScenario } from "./fault-scenario.ts";

const HUNG_AFTER = 6;

/** A sweep whose trials are trained by child processes of the run. */
export class LocalFaultScenario implements FaultScenario {
  readonly others = { frozen: 2, "disk full": 2 };
  readonly args = ["--workers", "2", "--hung-after", `${HUNG_AFTER}`];

  async inflict({ what, which }: Fault, coordinator: Coordinator): Promise<boolean> {
    const workers = listChildProcesses(coordinator.program.pid);
    const worker = workers[Math.floor(which * workers.length)];
    switch (what) {
      case "coordinator":
        await coordinator.kill("itself");
        return true;
      case "both":
        await coordinator.kill("group");
        return true;
      case "worker":
        if (worker !== undefined) sendSignal(worker, "SIGKILL");
        return worker !== undefined;
      case "frozen":
        return worker !== undefined && freeze(worker, coordinator);
      case "disk full":
        return coordinator.fillDisk();
      default:
        throw new Error(`no such fault: ${what}`);
    }
  }

  leftovers = (): Promise<string[]> => Promise.resolve([]);
  close = (): Promise<string[]> => Promise.resolve([]);
}

/**
 * Waits until the run has killed the worker. Returns false if the worker was idle, so that the run did not
 * notice.
 */
async function freeze(worker: number, { program }: Coordinator): Promise<boolean> {
  const told = (): number => program.output.split("worker process hung").length;
  const before = told();
  sendSignal(worker, "SIGSTOP");
  const limit = AbortSignal.timeout(3000 * HUNG_AFTER);
  while (told() === before && !program.isOver && !limit.aborted) await setTimeout(50);
  sendSignal(worker, "SIGCONT");
  return told() > before;
}
