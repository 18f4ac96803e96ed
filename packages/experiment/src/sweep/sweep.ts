import {
  checkEpochs,
  checkSweep,
  type Goal,
  type Problem as SweepProblem,
  type PrunerBlock,
  type PrunerCatalog,
  type SearchSpace,
  type DomainSpecs,
} from "@nn/sweep";
import { formatPath, parsePath, type Path } from "@nn/training";

import type { Budget } from "../schema/budget.ts";
import { findNode, findNearestNode, type Located } from "../yaml/located.ts";
import type { Problems } from "../errors/problem.ts";
import type { SchemaCheck } from "../schema/schema-problems.ts";
import type { Span } from "../yaml/source.ts";
import { explainMissingPath } from "../yaml/explain-missing-path.ts";
import {
  findSubstitutionTarget,
  getNextPathSteps,
  substituteValues,
  TRIAL_KEYS,
  type ExperimentBody,
} from "./substitute.ts";
import { checkSweptValues, getFirstValue, type SweptDomain } from "./swept-values.ts";

/** A valid swept path. */
export interface SweptPath {
  readonly text: string;
  readonly path: Path;
}

/** The `sweep` block of an experiment that has passed the schema. */
export interface SweepBlock extends SearchSpace {
  readonly metric: string;
  readonly goal?: Goal;
  readonly pruner?: PrunerBlock;
  /** The available pruners. */
  readonly pruners: PrunerCatalog;
  readonly budget?: Budget;
}

/** Returns the default goal for a metric. */
export function getDefaultGoal(metric: string): Goal {
  return metric.endsWith(".loss") ? "minimize" : "maximize";
}

/**
 * Checks each swept path against the experiment, and each of its values against the schema at that path.
 * Returns the valid paths.
 */
export function checkSweptPaths(
  root: Located,
  body: ExperimentBody,
  check: SchemaCheck,
  parameters: DomainSpecs,
  problems: Problems,
): SweptPath[] {
  const isWrong = check(body.written).length > 0;
  const swept: SweptDomain[] = [];
  for (const [text, domain] of Object.entries(parameters)) {
    const entry = findNearestNode(root, ["sweep", "parameters", text]);
    const path = readPath(text, entry.key, body, isWrong, problems);
    if (path === undefined) continue;

    const other = swept.find((each) => overlap(each.path, path));
    if (other !== undefined) {
      problems.add({
        place: entry.key,
        message: `${text} and ${other.text} sweep the same value`,
        expected: "paths that do not contain each other",
        advice: "Keep one of the two.",
      });
      continue;
    }
    swept.push({ text, path, domain, node: entry.value, body, check });
  }
  for (const each of swept) {
    const others = swept.filter((other) => other !== each);
    for (const mistake of checkSweptValues({ ...each, body: withNeighbours(each, others) })) {
      problems.add(mistake);
    }
  }
  return swept;
}

/**
 * Returns the experiment in which the values of a path are checked. If the block that contains the path is
 * absent, it is created from all swept paths into it.
 */
function withNeighbours({ path, body }: SweptDomain, others: readonly SweptDomain[]): ExperimentBody {
  const lacking = path.findIndex((_step, index) => {
    const at = findSubstitutionTarget(body, path.slice(0, index + 1));
    return at !== undefined && !at.isThere && index < path.length - 1;
  });
  if (lacking === -1) return body;
  const block = path.slice(0, lacking + 1);
  const neighbours = others.filter((other) => overlap(block, other.path));
  return substituteValues(
    body,
    neighbours.map((other) => [other.path, getFirstValue(other)]),
  );
}

/**
 * Adds the problems that @nn/sweep finds in the domains and the sampler, at their positions in the file.
 * `epochs` is the number of epochs of a trial, if known.
 */
export function checkSearchSpace(
  root: Located,
  sweep: SearchSpace,
  epochs: number | undefined,
  problems: Problems,
): void {
  const wrong = checkSweep(sweep);
  const unfit = wrong.length > 0 || epochs === undefined ? [] : checkEpochs(sweep, epochs);
  for (const problem of [...wrong, ...unfit]) {
    const replaced = problem.path[0] === "constraints" && isReplaced(root) ? REPLACED : undefined;
    addProblemAt(problem, ["sweep"], root, problems, "Change the parameter or the sampler.", replaced);
  }
}

const REPLACED =
  "--set sweep.parameters= replaces all swept parameters. To add one, write " +
  'sweep.parameters["path"]=…; else set sweep.constraints too.';

/** Returns whether a `--set` has replaced the parameters to which the constraints of the file refer. */
function isReplaced(root: Located): boolean {
  const kindAt = (key: string) => findNode(root, ["sweep", key])?.value.span.source.kind;
  return kindAt("parameters") === "argument" && kindAt("constraints") === "file";
}

/**
 * Adds a problem that @nn/sweep found in this block, at its position in the file. The message is split into
 * fact and advice at the last "; " or, if there is none, at the last ": ". `instead` replaces the advice.
 */
export function addProblemAt(
  { path, message }: SweepProblem,
  block: Path,
  root: Located,
  problems: Problems,
  advice: string,
  instead?: string,
): void {
  const found = findNode(root, [...block, ...path]) ?? findNode(root, block);
  if (found === undefined) return;
  const at = message.lastIndexOf("; ") === -1 ? message.lastIndexOf(": ") : message.lastIndexOf("; ");
  const isScalar = found.value.kind === "scalar";
  problems.add({
    place: isScalar ? found.value.span : found.key,
    message: at === -1 ? message : message.slice(0, at),
    advice: instead ?? (at === -1 ? advice : toSentence(message.slice(at + 2))),
  });
}

/**
 * Returns the steps of a swept path; if it is not valid, adds a problem and returns undefined. `isWrong` is
 * true if the experiment has other mistakes, which other checks report.
 */
function readPath(
  text: string,
  key: Span,
  body: ExperimentBody,
  isWrong: boolean,
  problems: Problems,
): Path | undefined {
  // The text of a quoted key starts one character after the quote.
  const shift = /["']/.test(key.source.text[key.start] ?? "") ? 1 : 0;
  const part = (start: number, end: number): Span => ({
    source: key.source,
    start: Math.min(key.start + shift + start, key.end - 1),
    end: Math.min(key.start + shift + Math.max(end, start + 1), key.end),
  });
  const parsed = parsePath(text);
  if (!parsed.ok) {
    problems.add({
      place: part(parsed.at, parsed.at + 1),
      message: `"${text}" is not a path into this experiment`,
      expected: parsed.expected,
      advice: "A path is names joined by dots, such as model.layers[1].units.",
    });
    return undefined;
  }

  const path = parsed.steps.map(({ step }) => step);
  for (const [index, { step, start, end }] of parsed.steps.entries()) {
    const below = index === 0 ? TRIAL_KEYS : getNextPathSteps(body, path.slice(0, index));
    if (below === "undecided") {
      // The mistake there is reported already, and the parts are unknown.
      if (isWrong) return undefined;
      problems.add({
        place: part(start, end),
        message: `${text} cannot be swept`,
        ...suggestWholeValue(path, index),
      });
      return undefined;
    }
    if (below.some((each) => each === step)) continue;
    problems.add({ place: part(start, end), ...explainMissingPath(text, path, index, below, body) });
    return undefined;
  }
  return path;
}

/** Suggests sweeping a whole value whose parts no schema describes. */
function suggestWholeValue(
  path: Path,
  length: number,
): { readonly expected: string; readonly advice: string } {
  const here = formatPath(path.slice(0, length));
  return { expected: `the path to end at ${here}`, advice: `Sweep the whole value: ${here}.` };
}

function overlap(a: Path, b: Path): boolean {
  return a.slice(0, b.length).every((step, index) => step === b[index]);
}

function toSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}
