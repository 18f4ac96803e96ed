import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { RunDirectoryError } from "@nn/results";
import type { Assignment, Message, Pace, Report, Request, Sample, TrialOutcome } from "@nn/training";

import { keepingCompiled } from "./compile-cache.ts";
import { SeenTimer, seenSeconds } from "./seen-time.ts";

/**
 * The process that trained a trial is gone before it could say how the trial ended. Trying again may help.
 */
export class WorkerCrash extends Error {
  override readonly name = "WorkerCrash";
}

/**
 * A trial that cannot be trained: the same error would come again. `stack` is for those who ask for it, ""
 * where it says nothing.
 */
export class TrialFailure extends Error {
  override readonly name = "TrialFailure";
  constructor(message: string, stack: string) {
    super(message);
    this.stack = stack;
  }
}

/** It says every second or so that it trains; while it reads a large data set it may be silent for some. */
export const HUNG_AFTER_SECONDS = 120;

/**
 * What a worker process may take, of the time that its parent sees pass: a machine that sleeps is no trial
 * that hangs.
 */
export interface WorkerLimits {
  /**
   * Seconds without a word, after which it counts as hung, and is ended. Until its first word it may take
   * HUNG_AFTER_SECONDS.
   */
  readonly silence: number;
  /** Seconds in a row that a trial may train; absent: as long as it takes. */
  readonly training?: number | undefined;
}

/** A step takes less as a rule; a custom part in an endless loop never ends. */
const KEEPING_SECONDS = 10;

/** Should this process end before them: one that hangs would outlive it. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

const ENTRY = fileURLToPath(new URL("./worker.ts", import.meta.url));

/**
 * A child process that trains one trial at a time. It is started at once, so that it loads its program while
 * its parent still looks at the data, and kept from trial to trial, with its data set and its compiled
 * kernels. One that has crashed is replaced at the next trial.
 *
 * Written on `fork` and not on a pool library: the reason of a crash (exit code, signal, last words) becomes
 * a line in results that people read, and the libraries give it as prose only, or let tasks wait behind a
 * dead worker.
 */
export class WorkerProcess {
  readonly #flags: readonly string[];
  readonly #limits: WorkerLimits;
  readonly #clock: () => number;
  #child: ChildProcess | null = null;
  readonly #hasSpoken = new WeakSet<ChildProcess>();
  /** Whether it trains a trial now. */
  #training = false;

  /** `flags`: options of the child's Node, such as those of V8. `clock`: seconds, for the limits. */
  constructor(flags: readonly string[], limits: WorkerLimits, clock: () => number = seenSeconds) {
    this.#flags = flags;
    this.#limits = limits;
    this.#clock = clock;
    this.#start();
  }

  /**
   * Trains a trial. Rejects with WorkerCrash, TrialFailure, RunDirectoryError or what `onReport` throws. One
   * at a time.
   */
  run(assignment: Assignment, onReport: (report: Report) => void): Promise<TrialOutcome> {
    this.#training = true;
    const outcome = this.#ask<TrialOutcome>({ kind: "train", assignment }, (message, resolve) => {
      if (message.kind === "ended") resolve(message.outcome);
      else if (message.kind !== "calibrated") onReport(message);
    });
    const settled = (): void => void (this.#training = false);
    outcome.then(settled, settled);
    return outcome;
  }

  /** Rejects with WorkerCrash or TrialFailure. One at a time, as `run`. */
  calibrate(sample: Sample): Promise<Pace> {
    return this.#ask({ kind: "calibrate", sample }, (message, resolve) => {
      if (message.kind === "calibrated") resolve(message.pace);
    });
  }

  /**
   * `hear`: told what the process says of it, until it resolves with an answer; what it throws is what the
   * request rejects with.
   */
  #ask<Answer>(
    request: Request,
    hear: (message: Message, resolve: (answer: Answer) => void) => void,
  ): Promise<Answer> {
    const child = this.#child ?? this.#start();
    const { silence, training } = this.#limits;
    return new Promise((resolve, reject) => {
      let lastWords = "";
      const endWith = (error: Error): void => {
        settle(() => void this.end().then(() => reject(error)));
      };
      const silenceTimer = (seconds: number): SeenTimer => {
        const reason = `the worker process hung: it said nothing for ${seconds} s, and was ended`;
        return new SeenTimer(seconds, () => endWith(new WorkerCrash(reason)), this.#clock);
      };
      // One that has just been started says nothing while it loads its program, which takes a busy machine
      // some time.
      let hasSpoken = this.#hasSpoken.has(child);
      let silent = silenceTimer(hasSpoken ? silence : Math.max(silence, HUNG_AFTER_SECONDS));
      const spent =
        training === undefined
          ? undefined
          : new SeenTimer(training, () => endWith(tooLong(training)), this.#clock);

      const onMessage = (message: Message): void => {
        if (hasSpoken) silent.restart();
        else {
          hasSpoken = true;
          this.#hasSpoken.add(child);
          silent.stop();
          silent = silenceTimer(silence);
        }
        switch (message.kind) {
          case "alive":
            return;
          case "failed":
            return settle(() => reject(new TrialFailure(message.message, message.stack)));
          case "refused":
            return settle(() => reject(new RunDirectoryError("file-system", message.message)));
          default:
            try {
              hear(message, (answer) => settle(() => resolve(answer)));
            } catch (error) {
              settle(() => reject(error));
            }
        }
      };
      const onWords = (text: string): void => {
        lastWords = (lastWords + text).slice(-2000);
      };
      const onError = (error: Error): void => {
        if (this.#child === child) this.#child = null;
        settle(() => reject(new WorkerCrash(`the worker process did not start: ${error.message}`)));
      };
      // "close" and not "exit": by then its last messages and words have been read.
      const onClose = (code: number | null, signal: NodeJS.Signals | null): void => {
        settle(() => reject(new WorkerCrash(describeEnd(code, signal, lastWords))));
      };
      const settle = (finish: () => void): void => {
        silent.stop();
        spent?.stop();
        child.off("message", onMessage).off("error", onError).off("close", onClose);
        child.stderr?.off("data", onWords);
        finish();
      };

      child.on("message", onMessage).on("error", onError).on("close", onClose);
      child.stderr?.on("data", onWords);
      // A child that has just died cannot be told anything; "close" says the rest.
      child.send(request, () => {});
    });
  }

  /**
   * Ends the process and waits until it is gone: where it trains, as soon as it has written a checkpoint, and
   * at once where it does not or has not said a word for some seconds.
   */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== null && this.#training) await kept(child);
    if (child === this.#child) await this.end();
  }

  /**
   * Ends the process, whatever it is doing, and waits until it is gone. By SIGKILL: it holds nothing that
   * needs an orderly end, and a custom part in an endless loop would hear nothing else.
   */
  async end(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    this.#child = null;
    await new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.kill("SIGKILL");
    });
  }

  #start(): ChildProcess {
    const child = fork(ENTRY, [], {
      execArgv: [...this.#flags],
      env: keepingCompiled(),
      // Numbers cross as they are; JSON would turn NaN and infinities into null.
      serialization: "advanced",
      // What a custom part prints goes to our error output, past the progress bar; never into what is
      // piped on.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => process.stderr.write(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (process.env["NN_DEBUG"]) process.stderr.write(text);
    });
    child.on("error", () => {
      // One that could not even be started says no more than this.
      if (child.pid === undefined) this.#child = null;
    });
    running.add(child);
    child.once("close", () => {
      running.delete(child);
      if (this.#child === child) this.#child = null;
    });
    this.#child = child;
    return child;
  }
}

/**
 * Resolves when the process has written a checkpoint of what it trains, is done with it, is gone or no longer
 * says that it is alive.
 */
async function kept(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let silent = setTimeout(resolve, KEEPING_SECONDS * 1000);
  const onMessage = ({ kind }: Message): void => {
    clearTimeout(silent);
    silent = setTimeout(resolve, KEEPING_SECONDS * 1000);
    if (kind === "checkpoint" || kind === "ended" || kind === "failed" || kind === "refused") resolve();
  };
  child.on("message", onMessage).once("close", resolve);
  const request: Request = { kind: "keep" };
  child.send(request, () => {});
  await promise;
  clearTimeout(silent);
  child.off("message", onMessage).off("close", resolve);
}

function tooLong(seconds: number): TrialFailure {
  return new TrialFailure(`it trained longer than the ${seconds} s that --time-limit allows`, "");
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null, lastWords: string): string {
  if (/heap out of memory|Cannot allocate memory|failed to allocate/i.test(lastWords)) {
    return "the worker process ran out of memory";
  }
  if (signal === "SIGKILL")
    return "the worker process was killed (SIGKILL): often the system is out of memory";
  if (signal !== null) return `the worker process was killed (${signal})`;
  const line = lastWords.split("\n").find((text) => /^\w*Error\b/.test(text));
  return `the worker process ended with exit code ${code}${line === undefined ? "" : `: ${line.trim()}`}`;
}
