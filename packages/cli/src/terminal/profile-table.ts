import type { Profile, ProfileRow } from "@nn/training";

import { formatTable } from "./table.ts";

/**
 * Formats a profile as a table, with one row per part, in the order in which the parts ran. The columns are
 * milliseconds, the fraction of the total, and GFLOP/s. Nested parts are indented below the part that
 * contains them. The rows without indentation add up to the total.
 */
export function formatProfileTable({ seconds, rows }: Profile, width: number): string[] {
  const total = { name: "total", count: 1, seconds, flops: 0, parts: [] };
  return formatTable(
    [
      { head: "profile", align: "left" },
      { head: "ms", align: "right" },
      { head: "share", align: "right" },
      { head: "GFLOP/s", align: "right" },
    ],
    [...rows, total].flatMap((row) => formatRows(row, seconds, "")),
    width,
  );
}

function formatRows({ name, seconds, flops, parts }: ProfileRow, total: number, indent: string): string[][] {
  const row = [
    `${indent}${name}`,
    (1000 * seconds).toFixed(1),
    `${((100 * seconds) / total).toFixed(1)} %`,
    flops > 0 ? (flops / seconds / 1e9).toFixed(1) : "",
  ];
  return [row, ...parts.flatMap((part) => formatRows(part, total, `${indent}  `))];
}
