import { expect, test } from "vitest";

import { formatProblem, ExperimentError, type Problem } from "./problem.ts";
import type { Source } from "../yaml/source.ts";

function at(text: string, what: string, rest: Partial<Problem> = {}): Problem {
  const source: Source = { kind: "file", name: "x.yaml", folder: "/", text };
  const start = text.indexOf(what);
  return { place: { source, start, end: start + what.length }, message: "wrong", ...rest };
}

test("shows the line, a caret under every character of the mistake, what was expected and what to do", () => {
  expect(formatProblem(at("a: 1\nbee: 2\n", "bee", { expected: "c", advice: "Write c." }))).toBe(
    ["x.yaml:2:1: wrong", "  2 | bee: 2", "    | ^^^", "  expected c", "  Write c."].join("\n"),
  );
});

test("a character of two code units has the width of one caret, before the mistake and in it", () => {
  expect(formatProblem(at("🙂🙂: b🙂c", "b🙂c")).split("\n").slice(1)).toEqual([
    "  1 | 🙂🙂: b🙂c",
    "    |     ^^^",
  ]);
});

test("a long line is cut around the mistake", () => {
  const [, line = "", carets = ""] = formatProblem(
    at(`${"a".repeat(500)}HERE${"b".repeat(500)}`, "HERE"),
  ).split("\n");
  expect(line.length).toBeLessThan(130);
  expect(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1)).toBe("HERE");
});

test("a file cannot send control characters to the terminal", () => {
  const text = formatProblem(at("\u001b[31mred\u0007: 1", "red"));
  expect(text).toContain("  1 | �[31mred�: 1");
});

test("all mistakes are reported in the order of the text, without duplicates", () => {
  const text = "a: 1\nb: 2\n";
  const source: Source = { kind: "file", name: "x.yaml", folder: "/", text };
  const problem = (start: number, message: string): Problem => ({
    place: { source, start, end: start + 1 },
    message,
  });
  const errors = new ExperimentError([problem(5, "second"), problem(0, "first"), problem(5, "second")]);
  expect(errors.problems.map(({ message }) => message)).toEqual(["first", "second"]);
});

test("the first hundred mistakes are printed, and the others counted", () => {
  const source: Source = { kind: "file", name: "x.yaml", folder: "/", text: "a".repeat(1000) };
  const many = Array.from({ length: 130 }, (_, start) => ({
    place: { source, start, end: start + 1 },
    message: "wrong",
  }));
  expect(new ExperimentError(many).message).toMatch(/… and 30 more\. Correct these first\.$/);
});
