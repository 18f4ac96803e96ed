// How every bench of speed keeps what it has measured: rows, which it prints, and which `bench:all` collects.
import { appendFileSync } from "node:fs";

import { median } from "./statistics.ts";

/** One measured quantity. */
export interface Measurement {
  /** What was measured under, such as the network and the batch size. */
  readonly setting: string;
  /** What was measured: a library, an operation, a command. */
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many values the median is of. */
  readonly rounds: number;
}

/** What a measurement is of. */
export type Subject = Pick<Measurement, "setting" | "name" | "unit">;

/** The environment variable with the file that `bench:all` reads the rows of a bench from. */
export const RECORD_FILE = "NN_BENCH_RECORD";

/** Values of repeated measurements, in the order in which their subjects came first. */
export class Measurements {
  readonly #values = new Map<string, { readonly subject: Subject; readonly values: number[] }>();

  /** Adds a value of one round. */
  add(subject: Subject, value: number): void {
    const key = JSON.stringify([subject.setting, subject.name, subject.unit]);
    const entry = this.#values.get(key);
    if (entry === undefined) this.#values.set(key, { subject, values: [value] });
    else entry.values.push(value);
  }

  /** One row per subject. */
  rows(): Measurement[] {
    return [...this.#values.values()].map(({ subject, values }) => summarize(subject, values));
  }

  /** Appends the rows to the file that `bench:all` collects them from, if it started this bench. Returns them. */
  record(): Measurement[] {
    const rows = this.rows();
    const file = process.env[RECORD_FILE];
    if (file !== undefined) appendFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    return rows;
  }
}

/** The row of repeated measurements of one subject. */
export function summarize({ setting, name, unit }: Subject, values: readonly number[]): Measurement {
  return {
    setting,
    name,
    unit,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    rounds: values.length,
  };
}

/** The cells of a row; a list in it is as many cells. */
export type Cells = readonly (string | readonly string[])[];

/** Prints rows with padded columns: the first to the left, the others to the right. */
export function printTable(header: readonly string[], rows: readonly Cells[]): void {
  const all = [header, ...rows.map((cells) => cells.flat())];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)));
    console.log(cells.join("   ").trimEnd());
  }
}

/** A number with about four digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Median, minimum and maximum for a printed table. */
export function formatFigures({ median, min, max }: Measurement): string[] {
  return [median, min, max].map(formatNumber);
}
