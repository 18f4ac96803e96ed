import type { Profiler } from "./profiler.ts";

/** The only process and thread in a trace: the thread that runs the training loop. */
const PROCESS = 1;
const THREAD = 1;

/**
 * Returns the spans of a profiler as JSON in the Trace Event Format of Chrome, which ui.perfetto.dev opens.
 * Each span is a complete event (`ph: "X"`) with its start and duration in microseconds. Perfetto derives the
 * nesting from the times, so a nested event must not end after its outer event. Times are therefore rounded
 * to nanoseconds before they are subtracted.
 */
export function formatTrace({ spans }: Pick<Profiler, "spans">, trial: number): string {
  const common = { pid: PROCESS, tid: THREAD };
  const names = [
    { name: "process_name", ph: "M", ...common, args: { name: "nn-from-scratch" } },
    { name: "thread_name", ph: "M", ...common, args: { name: `training loop of trial ${trial}` } },
  ];
  const events = spans.map(({ name, number, start, end }) => {
    const [from, to] = [Math.round(start * 1e9), Math.round(end * 1e9)];
    return {
      name: number === undefined ? name : `${name} ${number}`,
      ph: "X",
      ts: from / 1000,
      dur: (to - from) / 1000,
      ...common,
    };
  });
  const lines = [...names, ...events].map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}
