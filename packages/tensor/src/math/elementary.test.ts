import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { log } from "./log.ts";
import { sigmoid } from "./sigmoid.ts";
import { sqrt } from "./sqrt.ts";
import { tanh } from "./tanh.ts";
import { cos, sin } from "./trigonometry.ts";

interface Row {
  readonly x: number;
  /** The float64 nearest to f(x). */
  readonly nearest: number;
  /** (f(x) − nearest) in units in the last place of `nearest`. */
  readonly rest: number;
}

function table(name: string): Row[] {
  const lines = readFileSync(new URL(`./golden/${name}.txt`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [x, nearest, rest] = line.split(" ");
    return { x: fromHex(x!), nearest: fromHex(nearest!), rest: Number(rest) / 10_000 };
  });
}

const word = new DataView(new ArrayBuffer(8));

function fromHex(digits: string): number {
  word.setBigUint64(0, BigInt(`0x${digits}`));
  return word.getFloat64(0);
}

/** Returns the distance from |x| to the next larger float64. */
function ulp(x: number): number {
  word.setFloat64(0, Math.abs(x));
  const bits = word.getBigUint64(0);
  word.setBigUint64(0, bits + 1n);
  return word.getFloat64(0) - Math.abs(x);
}

/**
 * Returns the error in ulp. For special values, the error is 0 if both are equal, including the sign of zero,
 * and Infinity otherwise.
 */
function errorInUlp(got: number, { nearest, rest }: Row): number {
  if (Object.is(got, nearest)) return Math.abs(rest);
  if (!Number.isFinite(nearest) || !Number.isFinite(got) || nearest === 0) return Infinity;
  return Math.abs((got - nearest) / ulp(nearest) - rest);
}

/** Returns the FNV-1a hash of the bits of all results. */
function fingerprint(results: readonly number[]): string {
  let hash = 0x811c9dc5;
  for (const result of results) {
    word.setFloat64(0, result);
    for (let byte = 0; byte < 8; byte++) hash = Math.imul(hash ^ word.getUint8(byte), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

// Each bound is slightly above the largest error in the table. The table includes the worst of millions of
// points.
describe.each([
  { name: "exp", f: exp, bound: 0.78, bits: "2cda4e2d" },
  { name: "log", f: log, bound: 0.87, bits: "da36afa3" },
  { name: "tanh", f: tanh, bound: 2.3, bits: "cc7cb898" },
  { name: "sigmoid", f: sigmoid, bound: 2.25, bits: "cc960974" },
  { name: "sqrt", f: sqrt, bound: 0.5, bits: "586f743" },
  { name: "sin", f: sin, bound: 0.79, bits: "f26c75ce" },
  { name: "cos", f: cos, bound: 0.8, bits: "273ef5fd" },
  { name: "erf", f: erf, bound: 1.15, bits: "27acae90" },
])("$name", ({ name, f, bound, bits }) => {
  const rows = table(name);

  test(`is within ${bound} ulp of mpmath's values, and exact for special values`, () => {
    let worst = { error: 0, x: 0 };
    for (const row of rows) {
      const error = errorInUlp(f(row.x), row);
      if (!(error <= worst.error)) worst = { error, x: row.x };
    }
    expect(rows.length).toBeGreaterThan(150);
    expect(worst.error, `worst at x = ${worst.x}`).toBeLessThanOrEqual(bound);
  });

  test("returns the bits with which the committed results were computed", () => {
    // A change to the approximation changes these bits, and with them every result and the kernels. Mention
    // it in the commit that changes them.
    const results = rows.map(({ x }) => f(x)).filter((result) => !Number.isNaN(result));
    expect(fingerprint(results)).toBe(bits);
  });
});
