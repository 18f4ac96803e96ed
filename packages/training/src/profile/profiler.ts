import type { Clock } from "../step/yielder.ts";

/** The sum of the spans with the same name and the same outer spans. */
export interface SpanGroup {
  readonly name: string;
  count: number;
  seconds: number;
  /** Number of floating-point operations, including those of nested spans; 0 if they are not counted. */
  flops: number;
  /** The groups of nested spans by name, in the order of their first span. */
  readonly nested: Map<string, SpanGroup>;
}

/** A span of time, in seconds since the profiler was created. */
export interface Span {
  readonly name: string;
  /** For example the number of the epoch. */
  readonly number: number | undefined;
  readonly start: number;
  readonly end: number;
}

/** Maximum number of individual spans that a profiler keeps. Their trace file takes about 10 MB. */
export const MAX_SPANS = 100_000;

/**
 * Measures the time of nested spans. It sums the spans of the same name, and keeps only the first MAX_SPANS
 * individually. Its memory use therefore does not grow with the length of the training. Spans are stored in
 * arrays of numbers: with an object per span, the garbage collector took more time than the measurement.
 */
export class Profiler {
  /** The span of the whole trial, from the creation of the profiler to `finish`. */
  readonly trial: SpanGroup = createGroup("trial");
  readonly #clock: Clock;
  readonly #created: number;
  /** The open spans, outermost first: the group, the start, and the index if the span is kept. */
  readonly #open = {
    groups: new Array<SpanGroup>(),
    starts: new Array<number>(),
    indices: new Array<number>(),
  };
  /** The kept spans in the order of their starts. The number is 0 if the span has none. */
  readonly #kept = {
    groups: new Array<SpanGroup>(),
    numbers: new Array<number>(),
    starts: new Array<number>(),
    ends: new Array<number>(),
  };

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#created = clock();
    this.#begin(this.trial, 0, 0);
  }

  /** The kept spans in the order of their starts: a nested span comes after its outer spans. */
  get spans(): Span[] {
    const { groups, numbers, starts, ends } = this.#kept;
    return groups.map(({ name }, index) => ({
      name,
      number: numbers[index] || undefined,
      start: starts[index]!,
      end: ends[index]!,
    }));
  }

  /** Begins a span inside the innermost open span. `number` is, for example, the epoch, from 1. */
  begin(name: string, number = 0): void {
    const { nested } = this.#open.groups.at(-1) ?? this.trial;
    let group = nested.get(name);
    if (group === undefined) {
      group = createGroup(name);
      nested.set(name, group);
    }
    this.#begin(group, number, this.#clock() - this.#created);
  }

  /**
   * Ends the innermost open span. `flops` is its number of floating-point operations, including nested spans.
   */
  end(flops = 0): void {
    const group = this.#open.groups.pop();
    if (group === undefined) return;
    const end = this.#clock() - this.#created;
    group.count += 1;
    group.seconds += end - this.#open.starts.pop()!;
    group.flops += flops;
    const index = this.#open.indices.pop()!;
    if (index < MAX_SPANS) this.#kept.ends[index] = end;
  }

  /** Ends all open spans. */
  finish(): void {
    while (this.#open.groups.length > 0) this.end();
  }

  #begin(group: SpanGroup, number: number, start: number): void {
    const { groups, numbers, starts, ends } = this.#kept;
    this.#open.groups.push(group);
    this.#open.starts.push(start);
    this.#open.indices.push(groups.length);
    if (groups.length >= MAX_SPANS) return;
    groups.push(group);
    numbers.push(number);
    starts.push(start);
    ends.push(start);
  }
}

function createGroup(name: string): SpanGroup {
  return { name, count: 0, seconds: 0, flops: 0, nested: new Map() };
}
