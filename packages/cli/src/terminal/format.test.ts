import { expect, test } from "vitest";

import {
  formatLoss,
  formatMetric,
  formatPercent,
  formatSeconds,
  formatValue,
  formatBytes,
  formatScientific,
} from "./format.ts";
import { shortenPaths } from "./summary.ts";

test("a fraction is formatted as a percentage with two decimals", () => {
  expect(formatPercent(0.97816)).toBe("97.82 %");
  expect(formatPercent(1)).toBe("100.00 %");
});

test("a loss below 1000 has four decimals", () => {
  expect(formatLoss(0.08123)).toBe("0.0812");
  expect(formatLoss(2.3)).toBe("2.3000");
  expect(formatLoss(4.368e29)).toBe("4.368e+29");
  expect(formatLoss(Number.NaN)).toBe("NaN");
});

test("a metric is formatted as a loss or as an accuracy", () => {
  expect(formatMetric("validation.accuracy", 0.5)).toBe("50.00 %");
  expect(formatMetric("validation.loss", 0.5)).toBe("0.5000");
});

test.for([
  [0, "0.0 s"],
  [59.94, "59.9 s"],
  [59.96, "1 min 00 s"],
  [125, "2 min 05 s"],
  [3599.6, "1 h 00 min"],
  [3780, "1 h 03 min"],
] as const)("%f seconds are %s", ([seconds, text]) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test("a swept block is formatted as its type with its options", () => {
  expect(formatValue(0.1)).toBe("0.1");
  expect(formatValue(null)).toBe("null");
  expect(formatValue({ type: "relu" })).toBe("relu");
  expect(formatValue({ type: "sgd", learningRate: 0.05, momentum: 0.9 })).toBe(
    "sgd (learningRate 0.05, momentum 0.9)",
  );
});

test("a block in JSON form is formatted like a block, and any other text is unchanged", () => {
  expect(formatValue('{"type":"sgd","momentum":0.9}')).toBe("sgd (momentum 0.9)");
  expect(formatValue('[{"type":"flatten"},{"type":"dense","units":10}]')).toBe("flatten, dense (units 10)");
  expect(formatValue('{"steps":5,"alpha":0.5}')).toBe("steps 5, alpha 0.5");
  expect(formatValue('{"type":"sgd"')).toBe('{"type":"sgd"');
  expect(formatValue("[3, 3]")).toBe("[3, 3]");
});

test("a parameter is named by the last part of its path, or by more if it is not unique", () => {
  expect(shortenPaths(["optimizer.learningRate", "model.layers[2].type", "optimizer"])).toEqual([
    "learningRate",
    "layers[2].type",
    "optimizer",
  ]);
  expect(shortenPaths(["model.layers[1].units", "model.layers[3].units"])).toEqual([
    "model.layers[1].units",
    "model.layers[3].units",
  ]);
});

test.for([
  [8.2e10, "8.2 × 10¹⁰"],
  [1, "1.0 × 10⁰"],
  [9.96e12, "1.0 × 10¹³"],
] as const)("%f is %s", ([value, text]) => {
  expect(formatScientific(value)).toBe(text);
});

test.for([
  [300, "0.3 kB"],
  [9_940, "9.9 kB"],
  [12_400, "12 kB"],
  [1_230_000, "1.2 MB"],
  [999_600, "1.0 MB"],
  [5e15, "5000 TB"],
] as const)("%d bytes are %s", ([bytes, text]) => {
  expect(formatBytes(bytes)).toBe(text);
});
