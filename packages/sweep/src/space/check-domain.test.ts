import fc from "fast-check";
import { expect, test } from "vitest";
import { domain } from "../testing/arbitraries.ts";
import { checkDomain } from "./check-domain.ts";
import type { Domain } from "./domain.ts";
import type { Problem } from "../problem.ts";

test("a valid domain has no problems", () => {
  fc.assert(
    fc.property(domain, (value) => {
      expect(checkDomain(value)).toEqual([]);
    }),
  );
});

test.for([
  [
    { type: "float", min: 2, max: 1 },
    [{ path: ["min"], message: "min must be below max: min is 2, max is 1; swap them" }],
  ],
  [
    { type: "int", min: 3, max: 3 },
    [
      {
        path: ["min"],
        message: "min must be below max: min is 3, max is 3; for a single value, write the list [3]",
      },
    ],
  ],
  [
    { type: "float", min: 0, max: 1, scale: "log" },
    [
      {
        path: ["min"],
        message: "min must be above 0 on a log scale: min is 0; raise it, or use scale: linear",
      },
    ],
  ],
  [
    { type: "float", min: -1, max: -2, scale: "log" },
    [
      { path: ["min"], message: "min must be below max: min is -1, max is -2; swap them" },
      {
        path: ["min"],
        message: "min must be above 0 on a log scale: min is -1; raise it, or use scale: linear",
      },
    ],
  ],
  [
    { type: "float", min: NaN, max: Infinity },
    [
      { path: ["min"], message: "a bound must be finite, but it is NaN; write a number" },
      { path: ["max"], message: "a bound must be finite, but it is Infinity; write a number" },
    ],
  ],
  [
    { type: "int", min: 0.5, max: 2 ** 53 },
    [
      {
        path: ["min"],
        message:
          "a bound of an int range must be a whole number, but it is 0.5; round it, or use type: float",
      },
      {
        path: ["max"],
        message: "a bound of an int range must be below 2^53 in absolute value; move it closer to 0",
      },
    ],
  ],
  [
    [1, "1", 1, Infinity],
    [
      { path: [2], message: "each value may occur only once in the list: 1 is already value 1" },
      { path: [3], message: "a swept number must be finite, but it is Infinity; write another one" },
    ],
  ],
  [
    [
      { type: "sgd", nesterov: true, momentum: 0.9 },
      { momentum: 0.9, nesterov: true, type: "sgd" },
    ],
    [
      {
        path: [1],
        message:
          `each value may occur only once in the list: {"momentum":0.9,"nesterov":true,"type":"sgd"} is ` +
          "already value 1",
      },
    ],
  ],
  [
    { type: "float", min: 0, max: 0.5, step: 0.2 },
    [
      {
        path: ["max"],
        message: "max must be min plus a whole number of steps: max is 0.5; set max to 0.4 or 0.6",
      },
    ],
  ],
  [
    { type: "int", min: 16, max: 20, step: 32 },
    [
      {
        path: ["max"],
        message: "max must be min plus a whole number of steps: max is 20; set max to 48",
      },
    ],
  ],
  [
    { type: "int", min: 1, max: 9, step: 2, scale: "log" },
    [
      {
        path: ["step"],
        message:
          "a step is a difference, but a log scale divides a range by ratios; use count, or omit scale",
      },
    ],
  ],
  [
    { type: "int", min: 1, max: 9, step: 2, count: 3 },
    [{ path: ["step"], message: "step and count exclude each other; keep one of them" }],
  ],
  [
    { type: "float", min: 0, max: 1, step: Infinity },
    [{ path: ["step"], message: "a step must be finite, but it is Infinity; write a number" }],
  ],
  [
    { type: "float", min: 0, max: 1, step: 1e-9 },
    [
      {
        path: ["step"],
        message: "a step of 1e-9 makes more than 100000 values; raise it, or leave it out",
      },
    ],
  ],
] satisfies [Domain, Problem[]][])("%j: every problem has the path of its key", ([value, problems]) => {
  expect(checkDomain(value)).toEqual(problems);
});

test("domains inside an option are checked too, and problems have their paths", () => {
  const rate = { type: "float", min: 1, max: 0.1 } as const;
  expect(checkDomain([{ type: "sgd", learningRate: rate }])).toEqual([
    { path: [0, "learningRate", "min"], message: "min must be below max: min is 1, max is 0.1; swap them" },
  ]);
  const units = { type: "choice", values: [8, 8] };
  expect(checkDomain({ type: "choice", values: [[{ type: "dense", units }]] })).toEqual([
    {
      path: ["values", 0, 0, "units", "values", 1],
      message: "each value may occur only once in the list: 8 is already value 1",
    },
  ]);
});

test("a range cannot be a value of a list", () => {
  expect(checkDomain([0, { type: "float", min: 0, max: 1 }])).toEqual([
    {
      path: [1],
      message:
        "a list of values cannot contain { type: float, … }; list its values, or use it for an option of a " +
        "block in the list",
    },
  ]);
});
