// The program of a worker process: trains the trials that its parent sends, one after the other.
import { runTrial } from "../training/trial.ts";
import { createWorkbench, type Workbench } from "../training/workbench.ts";
import type { Assignment, Report, TrialOutcome } from "./messages.ts";

let workbench: Workbench | undefined;

process.on("message", (assignment: Assignment) => {
  train(assignment).then(
    (outcome) => say({ kind: "ended", outcome }),
    (error: unknown) => say(failure(error)),
  );
});

// Whatever happened to the parent, nobody waits for this trial any more.
process.on("disconnect", () => process.exit(0));
// Ctrl-C reaches every process of the terminal; the parent decides what it means.
process.on("SIGINT", () => {});

async function train(assignment: Assignment): Promise<TrialOutcome> {
  workbench ??= createWorkbench((message) => say({ kind: "notice", message }));
  return runTrial(workbench, assignment, () => performance.now() / 1000, say);
}

function say(report: Report): void {
  // The parent may be gone; "disconnect" follows.
  process.send?.(report, undefined, undefined, () => {});
}

function failure(error: unknown): Report {
  if (error instanceof Error) return { kind: "failed", message: error.message, stack: error.stack ?? "" };
  return { kind: "failed", message: String(error), stack: "" };
}
