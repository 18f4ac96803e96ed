// What a worker process does: trains the trials that its parent sends, one after the other.
import { LayerError } from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import { RunDirectoryError } from "@nn/results";
import { ShapeError } from "@nn/tensor";

import { CheckpointError } from "../training/checkpoint.ts";
import { runTrial } from "../training/trial.ts";
import { createWorkbench, type Workbench } from "../training/workbench.ts";
import { ALIVE_SECONDS, type Assignment, type Report, type TrialOutcome } from "./messages.ts";
import { offerOwnPackages } from "./own-imports.ts";
import { thrownAt } from "./thrown-at.ts";
import { formatPath } from "../spec/path.ts";

offerOwnPackages();
let workbench: Promise<Workbench> | undefined;

process.on("message", (assignment: Assignment) => {
  // Timers run while the training rests, some times a second.
  const alive = setInterval(() => say({ kind: "alive" }), ALIVE_SECONDS * 1000);
  train(assignment)
    .then(
      (outcome) => say({ kind: "ended", outcome }),
      (error: unknown) => say(failure(error, assignment)),
    )
    .finally(() => clearInterval(alive));
});

async function train(assignment: Assignment): Promise<TrialOutcome> {
  workbench ??= createWorkbench(assignment.threads, (message) => say({ kind: "notice", message }));
  return runTrial(await workbench, assignment, () => performance.now() / 1000, say);
}

function say(report: Report): void {
  // The parent may be gone; "disconnect" follows.
  process.send?.(report, undefined, undefined, () => {});
}

function failure(error: unknown, assignment: Assignment): Report {
  if (error instanceof RunDirectoryError) return { kind: "refused", message: error.message };
  if (!(error instanceof Error)) return { kind: "failed", message: String(error), stack: "" };
  const message = error.message.split("\n", 1).join("");
  const stack = error.stack ?? "";
  // The errors of our own say what to do; one from deeper down is at least told apart by its name.
  if (error instanceof LayerError)
    return {
      kind: "failed",
      message: `${formatPath(["model", "layers", ...error.path])}, ${message}`,
      stack,
    };
  if (error instanceof DatasetError || error instanceof ShapeError || error instanceof CheckpointError)
    return { kind: "failed", message, stack };
  const place = thrownAt(stack, assignment);
  return {
    kind: "failed",
    message: `${error.name}: ${message}${place === undefined ? "" : ` (${place})`}`,
    stack,
  };
}
