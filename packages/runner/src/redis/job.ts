import { Type, type Static, type TSchema } from "typebox";
import { Value } from "typebox/value";

import { deserialize } from "./serialization.ts";

const count = Type.Integer({ minimum: 0 });
/** A number as `serialize` writes it. */
const number = Type.Union([
  Type.Number(),
  Type.Object({ number: Type.String() }, { additionalProperties: false }),
]);
const text = Type.String({ maxLength: 100_000 });
const closed = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

/** The schema of a job. A job contains data but no code; it refers to custom parts by their files. */
const jobSchema = closed({
  /** The version of the code that may train the job. */
  version: text,
  /** Id of this queue entry; a job that is queued again gets a new one. */
  ticket: text,
  run: Type.String({ pattern: "^[0-9a-f]{12}$" }),
  /** Name of the experiment, for messages. */
  name: text,
  trial: Type.Integer({ minimum: 1 }),
  configuration: count,
  seed: count,
  /** Checked by the schema of experiments. */
  spec: Type.Record(Type.String(), Type.Unknown()),
  until: Type.Integer({ minimum: 1 }),
  /** See `Trial.until`. */
  end: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Whether the training starts from the checkpoint of another trial, which is on the server. */
  continues: Type.Optional(Type.Boolean()),
  recorded: count,
  checkpointSeconds: Type.Number({ minimum: 0 }),
  experimentSeed: count,
  metric: text,
  goal: Type.Union([Type.Literal("maximize"), Type.Literal("minimize")]),
  /**
   * Folder of the experiment file, to which paths of data are relative. If it is inside the workspace, it is
   * relative to the workspace's folder.
   */
  folder: text,
  data: Type.Array(closed({ name: text, source: text, sha256: text })),
  /** The paths of the spec's custom parts, relative to that folder, and the hashes of their files. */
  files: Type.Optional(Type.Array(closed({ path: text, sha256: text }))),
});

/** A training segment in the queue, with everything that a worker needs to train it. */
export type Job = Static<typeof jobSchema>;

const measure = closed({ loss: number, accuracy: number });
const outcome = closed({
  status: Type.Union([Type.Literal("completed"), Type.Literal("diverged"), Type.Literal("paused")]),
  reason: Type.Optional(text),
  epochs: count,
  bestEpoch: Type.Optional(count),
  train: Type.Optional(measure),
  validation: Type.Optional(measure),
  test: Type.Optional(measure),
  seconds: number,
  kernels: text,
});
const kind = <Kind extends string>(name: Kind) => Type.Literal(name);

const reportSchema = Type.Union([
  /** An attempt has begun. */
  closed({ kind: kind("begun"), worker: text, attempt: count }),
  closed({ kind: kind("notice"), message: text }),
  closed({
    kind: kind("progress"),
    epoch: count,
    seen: count,
    total: count,
    train: measure,
    imagesPerSecond: number,
  }),
  closed({
    kind: kind("epoch"),
    epoch: closed({
      epoch: count,
      train: measure,
      validation: Type.Optional(measure),
      seconds: number,
      imagesPerSecond: number,
    }),
  }),
  closed({ kind: kind("resumed"), epoch: count, seen: count }),
  /** A checkpoint is on the server. */
  closed({ kind: kind("checkpoint"), epoch: count, seen: count }),
  /** The files are on the server. */
  closed({ kind: kind("ended"), outcome, lease: text, files: count }),
  closed({ kind: kind("failed"), message: text, stack: text }),
  /** The worker process has crashed, or too many workers have vanished: a retry may help. */
  closed({ kind: kind("crashed"), message: text }),
  /** The worker stops and returns the job to the queue. */
  closed({ kind: kind("returned"), worker: text }),
]);

/** A report of a worker about a job. */
export type JobReport = Static<typeof reportSchema> extends infer Each ? Decoded<Each> : never;

/** The decoded form, with plain numbers. */
type Decoded<Part> = Part extends number | { number: string }
  ? number
  : Part extends object
    ? { [Key in keyof Part]: Decoded<Part[Key]> | (object extends Pick<Part, Key> ? undefined : never) }
    : Part;

/** Parses a job. Returns an error message if it is invalid. */
export function parseJob(wire: string): Job | string {
  const problem = describeProblem(jobSchema, wire);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema check guarantees the type
  return problem ?? (deserialize(wire) as Job);
}

/** Parses a report. Returns an error message if it is invalid. */
export function parseReport(wire: string): JobReport | string {
  const problem = describeProblem(reportSchema, wire);
  // The schema has been checked; decoding only converts numbers.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return problem ?? (deserialize(wire) as JobReport);
}

function describeProblem(schema: TSchema, wire: string): string | undefined {
  try {
    const raw: unknown = JSON.parse(wire);
    if (Value.Check(schema, raw)) return undefined;
    const [first] = Value.Errors(schema, raw);
    return first === undefined
      ? "it does not match the schema"
      : `${first.instancePath || "it"} ${first.message}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
