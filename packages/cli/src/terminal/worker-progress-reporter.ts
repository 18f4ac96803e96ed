import type { Job, JobOutcome, WorkerObserver } from "@nn/runner/redis";
import type { TrialReport } from "@nn/training";
import { toPrintable } from "@nn/platform/printable";
import { createProgressDisplay, type ProgressDisplay } from "./progress-bar.ts";
import type { Terminal } from "./terminal.ts";

/** Shows a worker in the terminal: the trials that it trains now, and how each trial ended. */
export class WorkerProgressReporter implements WorkerObserver {
  readonly #terminal: Terminal;
  readonly #progress: ProgressDisplay;
  /** The progress of each running trial, by the ticket of its job. */
  readonly #open = new Map<string, { readonly job: Job; epochs: number }>();
  readonly #notices = new Set<string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    this.#progress = createProgressDisplay(terminal);
  }

  say(text: string): void {
    this.#progress.line(text);
  }

  begin(job: Job): void {
    this.#open.set(job.ticket, { job, epochs: 0 });
    this.#show();
  }

  report(job: Job, report: TrialReport): void {
    const open = this.#open.get(job.ticket);
    if (open === undefined) return;
    if (report.kind === "progress") open.epochs = report.epoch - 1 + report.seen / report.total;
    if (report.kind === "resumed") open.epochs = report.epoch;
    if (report.kind === "epoch") open.epochs = report.epoch.epoch;
    if (report.kind === "notice" && !this.#notices.has(report.message)) {
      this.#notices.add(report.message);
      this.#progress.line(this.#terminal.colors.yellow(toPrintable(report.message)));
    }
    this.#show();
  }

  end(job: Job, served: JobOutcome): void {
    const epochs = Math.floor(this.#open.get(job.ticket)?.epochs ?? 0);
    this.#open.delete(job.ticket);
    const how = { ...ENDS, paused: `trained up to epoch ${job.until}` }[served];
    const after =
      (served === "returned" || served === "stopped") && epochs > 0 ? ` after epoch ${epochs}` : "";
    if (how !== undefined) this.#progress.line(`${formatJobName(job)} ${how}${after}`);
    this.#show();
  }

  stop(): void {
    this.#progress.stop();
  }

  #show(): void {
    const open = [...this.#open.values()];
    const share =
      open.reduce((sum, { job, epochs }) => sum + epochs / job.until, 0) / Math.max(1, open.length);
    const what = open.map(
      ({ job, epochs }) => `${formatJobName(job)}, epoch ${Math.floor(epochs) + 1}/${job.until}`,
    );
    const first = what[0] ?? "waiting for trials";
    this.#progress.update(share, [what.join("; ") || first, first, ""]);
  }
}

/** The texts about the end of a job. A lost job gets no line. */
const ENDS: Readonly<Record<JobOutcome, string | undefined>> = {
  completed: "completed",
  diverged: "diverged",
  paused: undefined,
  failed: "failed",
  returned: "returned to the queue",
  stopped: "stopped with its run",
  lost: undefined,
};

function formatJobName({ name, trial }: Job): string {
  return `${name}, trial ${trial}`;
}
