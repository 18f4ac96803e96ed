// The program of a worker process. It trains the trials that its parent sends, one after the other.
import { inspect } from "node:util";

import { LayerError } from "@nn/layers";
import { DatasetError } from "@nn/mnist";
import { RunDirectoryError } from "@nn/results";
import { ShapeError } from "@nn/tensor";
import {
  HEARTBEAT_SECONDS,
  CheckpointError,
  CustomResultError,
  Profiler,
  TrainingStopped,
  calibrate,
  createTrainingRuntime,
  formatPath,
  runTrial,
  saveProfile,
  type WorkerMessage,
  type WorkerPreparation,
  type WorkerRequest,
  type ThreadCount,
  type TrainingRuntime,
} from "@nn/training";

import { resolveWorkspacePackages } from "./custom-imports.ts";
import { getActiveSeconds } from "./active-time.ts";
import { describeThrowingPart, findPartFile } from "./throwing-part.ts";

resolveWorkspacePackages();
let runtime: Promise<TrainingRuntime> | undefined;

/** Resolves when the data that the parent has announced have been read. */
let preparation: Promise<unknown> = Promise.resolve();

async function prepare({ threads, dataset, ...context }: WorkerPreparation): Promise<void> {
  const { digest } = await (await getRuntime(threads)).useDataset(dataset, context);
  // The first trial needs it, and computing it takes some of the time that the parent needs.
  digest();
}

/** The request that is being answered. */
let current: Work | undefined;

// A function of a custom part may start work that fails after it has returned, such as a promise or a timer.
process.on("uncaughtException", (thrown: unknown) => {
  const error = toError(thrown);
  const place = current && describeThrowingPart(error.stack ?? "", getSpecOf(current));
  const exit = (): never => process.exit(1);
  if (current !== undefined && place !== undefined && process.send !== undefined)
    process.send({ ...createFailureMessage(error, current), isExiting: true }, undefined, undefined, exit);
  else {
    // The parent reads the reason of the crash here.
    process.stderr.write(`${error.stack ?? error.message}\n`, exit);
  }
});

/** True if the parent has requested a checkpoint, because it is about to end this process. */
let isToKeep = false;

process.on("message", (request: WorkerRequest) => {
  if (request.kind === "keep") {
    isToKeep = true;
    return;
  }
  if (request.kind === "prepare") {
    // The trial that needs the data reads them again and reports the error.
    preparation = prepare(request.preparation).catch(() => {});
    return;
  }
  current = request;
  sendMessage({ kind: "alive" });
  // The training loop yields several times per second, so timers can run.
  const alive = setInterval(() => sendMessage({ kind: "alive" }), HEARTBEAT_SECONDS * 1000);
  answerRequest(request)
    .then(sendMessage, (error: unknown) => {
      // The checkpoint has been reported, and the parent is about to end this process.
      if (!(error instanceof TrainingStopped)) sendMessage(createFailureMessage(error, request));
    })
    .finally(() => clearInterval(alive));
});

type Work = Exclude<WorkerRequest, { readonly kind: "keep" | "prepare" }>;

async function answerRequest(request: Work): Promise<WorkerMessage> {
  const clock = getActiveSeconds;
  await preparation;
  if (request.kind === "calibrate") {
    const { sample } = request;
    return { kind: "calibrated", pace: await calibrate(await getRuntime(sample.threads), sample, clock) };
  }
  const { assignment } = request;
  const { threads, trial, profileFolder } = assignment;
  const runtime = await getRuntime(threads);
  // This is not the active clock, which is ten times as slow because it also reads the CPU time of the
  // process.
  const profiler = profileFolder === undefined ? undefined : new Profiler(() => performance.now() / 1000);
  const isLeaving = (): boolean => isToKeep;
  const outcome = await runTrial(runtime, assignment, clock, sendMessage, { isLeaving, profiler });
  if (profiler !== undefined && profileFolder !== undefined)
    await saveProfile(profileFolder, profiler, trial.number);
  return { kind: "ended", outcome };
}

function getRuntime(threads: ThreadCount): Promise<TrainingRuntime> {
  runtime ??= createTrainingRuntime(threads, (message) => sendMessage({ kind: "notice", message }));
  return runtime;
}

function sendMessage(message: WorkerMessage): void {
  // If the parent has exited, sending fails and "disconnect" follows.
  process.send?.(message, undefined, undefined, () => {});
}

/** Returns an error unchanged. A custom part may throw any other value, which has no message. */
function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(`${inspect(thrown)} was thrown, which is not an Error`);
}

function createFailureMessage(thrown: unknown, request: Work): WorkerMessage {
  const error = toError(thrown);
  if (error instanceof RunDirectoryError) return { kind: "refused", message: error.message };
  const message = error.message.split("\n", 1).join("");
  const stack = error.stack ?? "";
  // The messages of our own errors are complete. Other errors are shown with their name.
  if (error instanceof LayerError) {
    const path = ["model", "layers", ...error.path];
    const file = findPartFile(path, getSpecOf(request));
    const place = `${formatPath(path)}${file === undefined ? "" : ` (${file})`}`;
    return { kind: "failed", message: `${place}, ${message}`, stack };
  }
  const isComplete = [CheckpointError, CustomResultError, DatasetError, ShapeError].some(
    (kind) => error instanceof kind,
  );
  if (isComplete) return { kind: "failed", message, stack };
  const place = describeThrowingPart(stack, getSpecOf(request));
  return {
    kind: "failed",
    message: `${error.name}: ${message}${place === undefined ? "" : ` (${place})`}`,
    stack,
  };
}

function getSpecOf(request: Work): Parameters<typeof describeThrowingPart>[1] {
  if (request.kind === "calibrate") return request.sample;
  return { ...request.assignment, spec: request.assignment.trial.spec };
}
