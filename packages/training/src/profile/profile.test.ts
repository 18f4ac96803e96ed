import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Type, type Static } from "typebox";
import { Value } from "typebox/value";
import { expect, onTestFinished, test } from "vitest";

import { copyWeights, createSilentObserver, createToyTraining, toySpec } from "../testing/toy-training.ts";
import type { TrialSpec } from "../trial-spec.ts";
import { Evaluator } from "../evaluate.ts";
import { train, type TrainingObserver } from "../train.ts";
import { createLayerTimer, profileEpochs } from "./measure-training.ts";
import { summarizeProfile, type Profile, type ProfileRow } from "./profile.ts";
import { Profiler } from "./profiler.ts";
import { PROFILE_FILE, TRACE_FILE, saveProfile } from "./save-profile.ts";
import { formatTrace } from "./trace.ts";

/** Trains a toy network, 40 images in 6 batches, with a profiler whose clock advances by 1 s per reading. */
async function profiled(changes: Partial<TrialSpec> = {}) {
  let now = 0;
  const profiler = new Profiler(() => now++);
  const { network, config } = await createToyTraining(changes, { wrapLayer: createLayerTimer(profiler) });
  const validation = new Evaluator(config.split, config.images);
  const result = await train(
    network,
    { ...config, validation },
    profileEpochs(createSilentObserver(), profiler),
  );
  profiler.finish();
  return { profiler, result, weights: copyWeights(network), profile: summarizeProfile(profiler) };
}

const residual: Partial<TrialSpec> = {
  model: {
    ...toySpec.model,
    layers: [
      { type: "flatten" },
      { type: "dense", units: 6, bias: true },
      { type: "residual", layers: [{ type: "relu" }, { type: "dense", units: 6, bias: true }] },
      { type: "dense", units: 3, bias: true },
    ],
  },
};

function rowOf({ rows }: Profile, ...names: readonly string[]): ProfileRow {
  let level = rows;
  let found: ProfileRow | undefined;
  for (const name of names) {
    found = level.find((row) => row.name === name);
    level = found?.parts ?? [];
  }
  if (found === undefined) throw new Error(`no row ${names.join(", ")}`);
  return found;
}

function sumRows(rows: readonly ProfileRow[]): number {
  return rows.reduce((sum, { seconds }) => sum + seconds, 0);
}

test("training with a profiler gives the weights and metrics of training without one, to the bit", async () => {
  const changes = { ...residual, augment: [{ type: "mixup", alpha: 0.4 }] };
  const { network, config } = await createToyTraining(changes);
  const validation = new Evaluator(config.split, config.images);
  const result = await train(network, { ...config, validation }, createSilentObserver());
  const measured = await profiled(changes);
  expect(measured.weights).toEqual(copyWeights(network));
  expect(measured.result).toEqual(result);
});

test("the rows add up to the total, and nested rows to no more than the row around them", async () => {
  const { profile } = await profiled(residual);
  const expectNested = ({ parts, seconds }: ProfileRow): void => {
    expect(sumRows(parts)).toBeLessThanOrEqual(seconds);
    parts.forEach(expectNested);
  };
  expect(sumRows(profile.rows)).toBe(profile.seconds);
  expect(profile.rows.every(({ seconds }) => seconds > 0)).toBe(true);
  profile.rows.forEach(expectNested);
});

test("the rows are the parts of a step in their order, with the layers in the order of each pass", async () => {
  const { profile } = await profiled(residual);
  const outline = ({ name, parts }: ProfileRow): unknown =>
    parts.length === 0 ? name : [name, ...parts.map(outline)];
  expect(profile.rows.map(outline)).toEqual([
    "data",
    [
      "forward",
      "[0] flatten",
      "[1] dense",
      ["[2] residual", "layers[0] relu", "layers[1] dense"],
      "[3] dense",
    ],
    "loss",
    ["backward", "[3] dense", ["[2] residual", "layers[1] dense", "layers[0] relu"], "[1] dense"],
    "optimizer",
    "evaluation",
    "everything else",
  ]);
  // Three epochs of six batches; the loss is measured with its penalty and its gradient.
  expect(profile.rows.map(({ count }) => count)).toEqual([18, 18, 54, 18, 18, 3, 1]);
});

test("the operations are two per multiply-add, and the first layer has no input gradient", async () => {
  const { profile } = await profiled();
  const images = 3 * 40;
  expect(rowOf(profile, "forward", "[1] dense").flops).toBe(images * 2 * 4 * 6);
  expect(rowOf(profile, "backward", "[1] dense").flops).toBe(images * 2 * 4 * 6);
  expect(rowOf(profile, "forward", "[3] dense").flops).toBe(images * 2 * 6 * 3);
  expect(rowOf(profile, "backward", "[3] dense").flops).toBe(images * 2 * 2 * 6 * 3);
  expect(rowOf(profile, "forward").flops).toBe(images * 2 * (4 * 6 + 6 * 3));
  expect(rowOf(profile, "forward", "[2] relu").flops).toBe(0);
});

test("the optimizer is measured once per batch, also if a step takes several batches", async () => {
  const { profile } = await profiled({ training: { ...toySpec.training, accumulate: 4 } });
  expect(rowOf(profile, "optimizer").count).toBe(18);
});

test("a trial that diverges has a profile of its steps until then", async () => {
  const { profile, result } = await profiled({ optimizer: { ...toySpec.optimizer, learningRate: 1e25 } });
  expect(result.status).toBe("diverged");
  expect(rowOf(profile, "backward").count).toBeLessThan(6);
  expect(sumRows(profile.rows)).toBe(profile.seconds);
});

/** The Trace Event Format, as far as traces use it: names of process and thread, and complete events. */
const Trace = Type.Object(
  {
    displayTimeUnit: Type.Literal("ms"),
    traceEvents: Type.Array(
      Type.Union([
        Type.Object(
          {
            name: Type.Enum(["process_name", "thread_name"]),
            ph: Type.Literal("M"),
            pid: Type.Integer(),
            tid: Type.Integer(),
            args: Type.Object({ name: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
          },
          { additionalProperties: false },
        ),
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            ph: Type.Literal("X"),
            ts: Type.Number({ minimum: 0 }),
            dur: Type.Number({ minimum: 0 }),
            pid: Type.Integer(),
            tid: Type.Integer(),
          },
          { additionalProperties: false },
        ),
      ]),
    ),
  },
  { additionalProperties: false },
);

/**
 * Returns the path of each complete event, from the outermost, as a viewer derives it from the times. Throws
 * Error if an event ends after the event around it.
 */
function pathsOf({ traceEvents }: Static<typeof Trace>): string[] {
  const open: { name: string; end: number }[] = [];
  return traceEvents.flatMap((event) => {
    if (event.ph !== "X") return [];
    const { name } = event;
    const [start, end] = [Math.round(event.ts * 1000), Math.round((event.ts + event.dur) * 1000)];
    while (open.length > 0 && open.at(-1)!.end <= start) open.pop();
    if (open.length > 0 && end > open.at(-1)!.end) throw new Error(`${name} ends after the event around it`);
    open.push({ name, end });
    return [open.map((each) => each.name).join(" > ")];
  });
}

test("the trace is valid, and its events are nested: epoch, step, pass, layer", async () => {
  const { profiler } = await profiled(residual);
  const text = formatTrace(profiler, 1);
  const trace: unknown = JSON.parse(text);
  expect(Value.Errors(Trace, trace)).toEqual([]);
  if (!Value.Check(Trace, trace)) throw new Error("the trace is not valid");
  expect(trace.traceEvents.slice(0, 2).map(({ name }) => name)).toEqual(["process_name", "thread_name"]);
  const paths = pathsOf(trace);
  expect(paths).toHaveLength(profiler.spans.length);
  const pass = "trial > epoch 2 > step > ";
  expect(paths).toEqual(
    expect.arrayContaining([
      `${pass}data`,
      `${pass}forward > [1] dense`,
      `${pass}forward > [2] residual > layers[1] dense`,
      `${pass}backward > [2] residual > layers[1] dense`,
      `${pass}optimizer`,
      "trial > epoch 3 > evaluation > [3] dense",
    ]),
  );
});

test("nested events end within the event around them, although times are rounded", () => {
  // Adjacent times whose microseconds have no exact binary representation.
  const times = Array.from({ length: 2000 }, (_, n) => n * 0.000_000_377 + 1 / 3);
  let read = 0;
  const profiler = new Profiler(() => times[read++]!);
  for (let n = 0; n < 400; n++) {
    profiler.begin("outer");
    profiler.begin("inner");
    profiler.end();
    profiler.end();
  }
  profiler.finish();
  const trace: unknown = JSON.parse(formatTrace(profiler, 1));
  if (!Value.Check(Trace, trace)) throw new Error("the trace is not valid");
  const paths = pathsOf(trace);
  expect(new Set(paths)).toEqual(new Set(["trial", "trial > outer", "trial > outer > inner"]));
  // Perfetto reads a number in scientific notation imprecisely (google/perfetto, issue 559).
  expect(formatTrace(profiler, 1)).not.toMatch(/\d[eE][-+]?\d/);
});

test("the profile and the trace are written to the folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nn-profile-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { profiler, profile } = await profiled();
  await saveProfile(folder, profiler, 7);
  expect(JSON.parse(readFileSync(join(folder, PROFILE_FILE), "utf8"))).toEqual(profile);
  const trace = readFileSync(join(folder, TRACE_FILE), "utf8");
  expect(trace).toBe(formatTrace(profiler, 7));
  expect(trace).toContain("training loop of trial 7");
});

test("a profiled training reports the same events as another one", async () => {
  const events = async (wrap: (observer: TrainingObserver) => TrainingObserver): Promise<string[]> => {
    const seen: string[] = [];
    const silent = createSilentObserver();
    const observer: TrainingObserver = {
      ...silent,
      onEpochStart: (epoch, examples) => void seen.push(`start of epoch ${epoch}, ${examples} images seen`),
      onLearned: (epoch) => void seen.push(`epoch ${epoch} learned`),
      onEpoch: ({ epoch }) => void seen.push(`epoch ${epoch} measured`),
    };
    const { network, config } = await createToyTraining();
    const validation = new Evaluator(config.split, config.images);
    await train(network, { ...config, validation }, wrap(observer));
    return seen;
  };
  const usual = await events((observer) => observer);
  expect(usual.length).toBeGreaterThan(3);
  expect(await events((observer) => profileEpochs(observer, new Profiler(() => 0)))).toEqual(usual);
});
