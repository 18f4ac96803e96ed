import type { Profiler, SpanGroup } from "./profiler.ts";

/** The time of one part of a training run, and of the parts inside it. */
export interface ProfileRow {
  readonly name: string;
  /** Number of times that the part ran. */
  readonly count: number;
  readonly seconds: number;
  /** Number of floating-point operations; 0 if they are not counted. See `createLayerTimer`. */
  readonly flops: number;
  readonly parts: readonly ProfileRow[];
}

/** The time of a trial by part. */
export interface Profile {
  /** Seconds from the start of the trial to its end: the sum over the rows. */
  readonly seconds: number;
  /**
   * The parts of all steps (`data`, `forward`, `loss`, `backward`, `optimizer`), then `evaluation` and
   * `everything else`: reading the data, building the network, checkpoints, progress reports, saving.
   */
  readonly rows: readonly ProfileRow[];
}

/** Returns the profile of a finished profiler. */
export function summarizeProfile({ trial }: Pick<Profiler, "trial">): Profile {
  const epoch = trial.nested.get("epoch");
  const steps = [...(epoch?.nested.get("step")?.nested.values() ?? [])].map(toRow);
  const evaluations = [epoch, trial].flatMap((group) => group?.nested.get("evaluation") ?? []).map(toRow);
  const evaluation = { ...sumRows("evaluation", evaluations), parts: [] };
  const measured = sumRows("measured", [...steps, evaluation]);
  const rest = { count: 1, seconds: trial.seconds - measured.seconds, flops: 0, parts: [] };
  return { seconds: trial.seconds, rows: [...steps, evaluation, { name: "everything else", ...rest }] };
}

function toRow({ name, count, seconds, flops, nested }: SpanGroup): ProfileRow {
  const parts = [...nested.values()].map(toRow);
  return { name, count, seconds, flops: flops || sumRows(name, parts).flops, parts };
}

function sumRows(name: string, rows: readonly ProfileRow[]): Omit<ProfileRow, "parts"> {
  const sum = (key: "count" | "seconds" | "flops"): number =>
    rows.reduce((total, row) => total + row[key], 0);
  return { name, count: sum("count"), seconds: sum("seconds"), flops: sum("flops") };
}
