import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { RunDirectoryError } from "@nn/results";
import type {
  TrialAssignment,
  WorkerMessage,
  WorkerPreparation,
  CalibrationResult,
  TrialReport,
  WorkerRequest,
  CalibrationRequest,
  TrialOutcome,
} from "@nn/training";

import { getCompileCacheEnvironment } from "./compile-cache.ts";
import { ActiveTimer, getActiveSeconds } from "./active-time.ts";

/** Thrown when a worker process ends or hangs before it has reported an outcome. A retry may help. */
export class WorkerCrash extends Error {
  override readonly name = "WorkerCrash";
}

/**
 * Thrown for a trial that cannot be trained: a retry would fail with the same error. `stack` is for
 * debugging; "" if it adds nothing.
 */
export class TrialFailure extends Error {
  override readonly name = "TrialFailure";
  constructor(message: string, stack: string) {
    super(message);
    this.stack = stack;
  }
}

/**
 * Default of `WorkerLimits.silence`. A worker reports about every second while it trains, but may be silent
 * while it reads a large data set.
 */
export const HUNG_AFTER_SECONDS = 120;

/**
 * Time limits of a worker process. Time during which the parent was suspended is not included, so a trial on
 * a sleeping machine does not count as hung.
 */
export interface WorkerLimits {
  /**
   * Seconds of silence after which the process counts as hung and is killed. Until its first message,
   * HUNG_AFTER_SECONDS applies if that is longer.
   */
  readonly silence: number;
  /** Seconds that one training segment may take; no limit if absent. */
  readonly training?: number | undefined;
}

/**
 * Seconds of silence after which `stop` no longer waits for a checkpoint. A step usually takes less, but a
 * custom part in an endless loop never responds.
 */
const CHECKPOINT_TIMEOUT_SECONDS = 10;

/**
 * All child processes. They are killed when this process exits, because a hung child would not exit by
 * itself.
 */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/**
 * Number of files that a worker syncs to the disk at the same time. A trial writes 11 files. Node's default
 * of 4 needs three rounds for them, and one round takes about as long as syncing all files at once.
 */
const SYNC_CONCURRENCY = "16";

const ENTRY = fileURLToPath(new URL("./worker.ts", import.meta.url));

/**
 * A child process that trains one trial at a time. It starts at once, so that it loads its program while its
 * parent still reads the data. It is reused for later trials, with its data set and compiled kernels. After a
 * crash, the next trial starts a new process.
 *
 * It uses `fork` instead of a pool library, because the results contain the reason of a crash (exit code,
 * signal, last output). Pool libraries report this reason only as text, or let tasks wait for a dead worker.
 */
export class WorkerProcess {
  readonly #flags: readonly string[];
  readonly #limits: WorkerLimits;
  readonly #clock: () => number;
  #child: ChildProcess | null = null;
  /** Resolves when the process that was killed last has exited. */
  #ended: Promise<void> = Promise.resolve();
  readonly #hasSpoken = new WeakSet<ChildProcess>();
  /** True if the process is training a trial. */
  #training = false;

  /** `flags` are Node and V8 options of the child. `clock` returns seconds; the limits use it. */
  constructor(flags: readonly string[], limits: WorkerLimits, clock: () => number = getActiveSeconds) {
    this.#flags = flags;
    this.#limits = limits;
    this.#clock = clock;
    this.#start();
  }

  /**
   * Lets the process start its kernels and read its data, while the caller still prepares the run. Call it
   * before the first trial.
   */
  prepare(preparation: WorkerPreparation): void {
    const request: WorkerRequest = { kind: "prepare", preparation };
    // If the process has ended, the first trial starts another one.
    if (this.#child?.connected === true) this.#child.send(request, () => {});
  }

  /**
   * Trains a trial. Rejects with WorkerCrash, TrialFailure, RunDirectoryError or an error that `onReport`
   * throws. Train only one trial at a time.
   */
  run(assignment: TrialAssignment, onReport: (report: TrialReport) => void): Promise<TrialOutcome> {
    this.#training = true;
    const outcome = this.#ask<TrialOutcome>({ kind: "train", assignment }, (message, resolve) => {
      if (message.kind === "ended") resolve(message.outcome);
      else if (message.kind !== "calibrated") onReport(message);
    });
    const settled = (): void => void (this.#training = false);
    outcome.then(settled, settled);
    return outcome;
  }

  /**
   * Measures the speed of a network. Rejects with WorkerCrash or TrialFailure. Do not call it during `run` or
   * another `calibrate`.
   */
  calibrate(sample: CalibrationRequest): Promise<CalibrationResult> {
    return this.#ask({ kind: "calibrate", sample }, (message, resolve) => {
      if (message.kind === "calibrated") resolve(message.pace);
    });
  }

  /**
   * Sends a request. `hear` receives the messages of the process and passes the answer to `resolve`. If
   * `hear` throws, the request rejects with its error.
   */
  #ask<Answer>(
    request: WorkerRequest,
    hear: (message: WorkerMessage, resolve: (answer: Answer) => void) => void,
  ): Promise<Answer> {
    const child = this.#ensureStarted();
    const { silence, training } = this.#limits;
    return new Promise((resolve, reject) => {
      let lastWords = "";
      const endWith = (error: Error): void => {
        settle(() => void this.end().then(() => reject(error)));
      };
      const silenceTimer = (seconds: number): ActiveTimer => {
        const reason = `the worker process hung: it was silent for ${seconds} s and was stopped`;
        return new ActiveTimer(seconds, () => endWith(new WorkerCrash(reason)), this.#clock);
      };
      // A new process sends no message while it loads its program, which takes some time on a busy machine.
      let hasSpoken = this.#hasSpoken.has(child);
      let silent = silenceTimer(hasSpoken ? silence : Math.max(silence, HUNG_AFTER_SECONDS));
      // The time in which a new process starts is not training time, so the limit starts at its first
      // message.
      let spent: ActiveTimer | undefined;
      const startTrainingTimer = (): void => {
        if (training !== undefined)
          spent = new ActiveTimer(training, () => endWith(createTimeLimitFailure(training)), this.#clock);
      };
      if (hasSpoken) startTrainingTimer();

      const onMessage = (message: WorkerMessage): void => {
        if (hasSpoken) silent.restart();
        else {
          hasSpoken = true;
          this.#hasSpoken.add(child);
          silent.stop();
          silent = silenceTimer(silence);
          startTrainingTimer();
        }
        switch (message.kind) {
          case "alive":
            return;
          case "failed":
            // The next trial needs a new process.
            if (message.isExiting === true) return endWith(new TrialFailure(message.message, message.stack));
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
      // "close" instead of "exit", because at "close" the last messages and output have been read.
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
      // Sending to a dead child fails; "close" handles this case.
      child.send(request, () => {});
    });
  }

  /**
   * Stops the process and waits until it has exited. A training process writes a checkpoint first, unless it
   * is silent for CHECKPOINT_TIMEOUT_SECONDS. An idle process is killed at once.
   */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== null && this.#training) await kept(child);
    if (child === this.#child) await this.end();
  }

  /**
   * Kills the process and waits until it has exited. Uses SIGKILL, because the process needs no cleanup, and
   * because a custom part in an endless loop would ignore other signals.
   */
  end(): Promise<void> {
    const child = this.#child;
    // A second call also waits for the process that the first one has killed.
    if (child === null) return this.#ended;
    this.#child = null;
    this.#ended = new Promise<void>((resolve) => {
      child.once("close", () => resolve());
      child.kill("SIGKILL");
    });
    return this.#ended;
  }

  /** Returns the process. Starts one if there is none, as after a crash. */
  #ensureStarted(): ChildProcess {
    return this.#child ?? this.#start();
  }

  #start(): ChildProcess {
    const child = fork(ENTRY, [], {
      execArgv: [...this.#flags],
      env: { UV_THREADPOOL_SIZE: SYNC_CONCURRENCY, ...getCompileCacheEnvironment() },
      // This serialization preserves all numbers. JSON would convert NaN and infinities to null.
      serialization: "advanced",
      // The output of a custom part goes to our standard error, so it is never mixed into piped output.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => process.stderr.write(text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      if (process.env["NN_DEBUG"]) process.stderr.write(text);
    });
    child.on("error", () => {
      // A process that could not be started emits "error" but not "close".
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
 * Resolves when the process has written a checkpoint, has finished its trial, has exited, or no longer
 * responds.
 */
async function kept(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let silent = setTimeout(resolve, CHECKPOINT_TIMEOUT_SECONDS * 1000);
  const onMessage = ({ kind }: WorkerMessage): void => {
    clearTimeout(silent);
    silent = setTimeout(resolve, CHECKPOINT_TIMEOUT_SECONDS * 1000);
    if (kind === "checkpoint" || kind === "ended" || kind === "failed" || kind === "refused") resolve();
  };
  child.on("message", onMessage).once("close", resolve);
  const request: WorkerRequest = { kind: "keep" };
  child.send(request, () => {});
  await promise;
  clearTimeout(silent);
  child.off("message", onMessage).off("close", resolve);
}

function createTimeLimitFailure(seconds: number): TrialFailure {
  return new TrialFailure(`it trained longer than the ${seconds} s that --time-limit allows`, "");
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null, lastWords: string): string {
  if (/heap out of memory|Cannot allocate memory|failed to allocate/i.test(lastWords)) {
    return "the worker process ran out of memory";
  }
  if (signal === "SIGKILL")
    return "the worker process was killed (SIGKILL), often because the system is out of memory";
  if (signal !== null) return `the worker process was killed (${signal})`;
  const line = lastWords.split("\n").find((text) => /^\w*Error\b/.test(text));
  return `the worker process ended with exit code ${code}${line === undefined ? "" : `: ${line.trim()}`}`;
}
