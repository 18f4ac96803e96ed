import { toPrintable } from "@nn/platform/printable";

import { getPosition, type Span } from "../yaml/source.ts";

/** One mistake in an experiment file, with its position, what was expected and how to correct it. */
export interface Problem {
  /** Position of the mistake; a string if it concerns a whole file (its name) or no file. */
  readonly place: Span | string;
  readonly message: string;
  /** Printed after "expected". */
  readonly expected?: string | undefined;
  /** How to correct it, as a full sentence. */
  readonly advice?: string | undefined;
}

const LONGEST_LINE = 110;
const MAX_PRINTED = 100;

/**
 * Thrown for an experiment file with mistakes. It contains all mistakes that were found, sorted by source and
 * then by position in the text.
 */
export class ExperimentError extends Error {
  override readonly name = "ExperimentError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = inOrder(problems);
    super(formatProblems(sorted));
    this.problems = sorted;
  }
}

/** Collects mistakes so that all are reported at once. */
export class Problems {
  readonly list: Problem[] = [];

  add(problem: Problem): void {
    this.list.push(problem);
  }

  get any(): boolean {
    return this.list.length > 0;
  }

  throwIfAny(): void {
    if (this.any) throw new ExperimentError(this.list);
  }
}

/**
 * Formats the first 100 mistakes, each after `prefix`, separated by empty lines, and states the number of
 * others.
 */
export function formatProblems(problems: readonly Problem[], prefix = ""): string {
  const texts = problems.slice(0, MAX_PRINTED).map((problem) => prefix + formatProblem(problem));
  const more = problems.length - MAX_PRINTED;
  if (more > 0) texts.push(`… and ${more} more. Correct these first.`);
  return texts.join("\n\n");
}

/**
 * Formats a mistake. For a file: `name:line:column: message`, the line with carets under the position, what
 * was expected, and advice. For a `--set`, the argument is shown instead of the line.
 */
export function formatProblem(problem: Problem): string {
  const after: string[] = [];
  if (problem.expected !== undefined) after.push(`  expected ${problem.expected}`);
  if (problem.advice !== undefined) after.push(`  ${problem.advice}`);

  const { place } = problem;
  if (typeof place === "string")
    return [`${toPrintable(place)}: ${toPrintable(problem.message)}`, ...after.map(toPrintable)].join("\n");

  const { line, column, lineText } = getPosition(place);
  const isFile = place.source.kind === "file";
  const head = isFile ? `${place.source.name}:${line}:${column}` : "--set";
  const gutter = isFile ? `  ${line} | ` : "  --set ";
  const blank = isFile ? `  ${" ".repeat(String(line).length)} | ` : " ".repeat(gutter.length);
  const excerpt = getExcerpt(lineText, column - 1, place.end - place.start);
  return [
    `${head}: ${toPrintable(problem.message)}`,
    `${gutter}${excerpt.text}`.trimEnd(),
    `${blank}${" ".repeat(excerpt.offset)}${"^".repeat(excerpt.length)}`,
    ...after.map(toPrintable),
  ].join("\n");
}

/** Returns the line, cut around the position if it is long, and the offset and length of the underline. */
function getExcerpt(
  lineText: string,
  offset: number,
  length: number,
): { text: string; offset: number; length: number } {
  let text = lineText;
  let from = 0;
  if (text.length > LONGEST_LINE) {
    from = Math.max(0, Math.min(offset - 40, text.length - LONGEST_LINE));
    text = text.slice(from, from + LONGEST_LINE);
  }
  // Counted in displayed characters: a surrogate pair is one character.
  const shown = (until: number): number => Array.from(text.slice(0, Math.max(0, until))).length;
  const start = shown(offset - from);
  const underlined = shown(Math.min(offset - from + length, text.length)) - start;
  const [cutLeft, cutRight] = [from > 0 ? "…" : "", from + text.length < lineText.length ? "…" : ""];
  return {
    text: cutLeft + toPrintable(text) + cutRight,
    offset: start + cutLeft.length,
    length: Math.max(1, underlined),
  };
}

/**
 * Sorts mistakes by source (in the order in which the sources first occur), and then by position in the text.
 * Removes duplicates.
 */
function inOrder(problems: readonly Problem[]): Problem[] {
  const sources: unknown[] = [];
  const sourceOf = ({ place }: Problem): unknown => (typeof place === "string" ? place : place.source);
  for (const problem of problems) if (!sources.includes(sourceOf(problem))) sources.push(sourceOf(problem));
  const startOf = ({ place }: Problem): number => (typeof place === "string" ? 0 : place.start);

  const told = new Set<string>();
  return problems
    .toSorted(
      (a, b) => sources.indexOf(sourceOf(a)) - sources.indexOf(sourceOf(b)) || startOf(a) - startOf(b),
    )
    .filter((problem) => {
      const key = `${sources.indexOf(sourceOf(problem))}:${startOf(problem)}:${problem.message}`;
      return !told.has(key) && told.add(key);
    });
}
