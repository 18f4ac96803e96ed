import type { TrialReport } from "@nn/training";
import type { Job } from "./job.ts";
import type { JobOutcome } from "./serve-job.ts";

/** Receives the events of the trials that a worker trains, for example to show them in the terminal. */
export interface WorkerObserver {
  say(text: string): void;
  begin(job: Job): void;
  report(job: Job, report: TrialReport): void;
  end(job: Job, served: JobOutcome): void;
}
