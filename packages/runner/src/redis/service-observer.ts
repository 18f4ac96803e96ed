import type { Report } from "@nn/training";
import type { Job } from "./job.ts";
import type { JobOutcome } from "./serve-job.ts";

/** What hears of the trials that a worker serves: its screen, for one. */
export interface ServiceObserver {
  say(text: string): void;
  begin(job: Job): void;
  report(job: Job, report: Report): void;
  end(job: Job, served: JobOutcome): void;
}
