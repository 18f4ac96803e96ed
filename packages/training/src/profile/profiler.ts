import type { Clock } from "../step/yielder.ts";

/** The spans with the same name inside the same outer spans, added up. */
export interface SpanGroup {
  readonly name: string;
  count: number;
  seconds: number;
  /** Floating-point operations, with those of nested spans; 0 if they are not counted. */
  flops: number;
  /** The groups of the nested spans by name, in the order in which the first of each began. */
  readonly nested: Map<string, SpanGroup>;
}

/** A span of time, in seconds since the profiler was created. */
export interface Span {
  readonly name: string;
  /** For example the number of the epoch. */
  readonly number: number | undefined;
  readonly start: number;
  end: number;
}

/** The largest number of spans that a profiler keeps one by one. A trace of them takes about 10 MB. */
export const MAX_SPANS = 100_000;

/**
 * Measures the time of nested spans. It adds up the spans of the same name, and keeps the first MAX_SPANS
 * one by one. So its memory does not grow with the length of the training.
 */
export class Profiler {
  /** The span of the whole trial, from the creation of the profiler to `finish`. */
  readonly trial: SpanGroup = createGroup("trial");
  /** The first spans, in the order in which they began: a nested span comes after the spans around it. */
  readonly spans: Span[] = [];
  readonly #clock: Clock;
  readonly #created: number;
  /** The spans that have not ended, outermost first. */
  readonly #open: { readonly group: SpanGroup; readonly span: Span }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#created = clock();
    this.#begin(this.trial, 0);
  }

  /** Begins a span inside the innermost open one. */
  begin(name: string, number?: number): void {
    const { nested } = this.#open.at(-1)?.group ?? this.trial;
    let group = nested.get(name);
    if (group === undefined) {
      group = createGroup(name);
      nested.set(name, group);
    }
    this.#begin(group, this.#clock() - this.#created, number);
  }

  /** Ends the innermost open span. `flops`: its floating-point operations, with those of nested spans. */
  end(flops = 0): void {
    const innermost = this.#open.pop();
    if (innermost === undefined) return;
    const { group, span } = innermost;
    span.end = this.#clock() - this.#created;
    group.count += 1;
    group.seconds += span.end - span.start;
    group.flops += flops;
  }

  /** Ends all open spans. */
  finish(): void {
    while (this.#open.length > 0) this.end();
  }

  #begin(group: SpanGroup, start: number, number?: number): void {
    const span = { name: group.name, number, start, end: start };
    if (this.spans.length < MAX_SPANS) this.spans.push(span);
    this.#open.push({ group, span });
  }
}

function createGroup(name: string): SpanGroup {
  return { name, count: 0, seconds: 0, flops: 0, nested: new Map() };
}
