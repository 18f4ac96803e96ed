import { parse, type Expression, type PrivateIdentifier, type Token } from "acorn";
import { ConstraintError } from "./constraint-error.ts";
import {
  isAbsent,
  mustBeNumber,
  mustBeScalar,
  namesOf,
  termOf,
  type DerivedVariables,
  type Known,
  type Scalar,
  type Term,
} from "./constraint-term.ts";
import type { DomainSpecs } from "./domain.ts";
import { compareRationals, isNumber } from "./rational.ts";

/**
 * A comparison that every trial must satisfy, such as `model.layers[1].units >= 2 * model.layers[3].units`. A
 * side may contain numbers, strings, swept paths and derived variables, with + − * / % and parentheses. The
 * operator is one of < <= > >= == !=. A JavaScript parser reads the text, but numbers are decimals as in YAML
 * (011 is 11), and escapes and comments are refused. Both sides are computed exactly, with the decimals as
 * written. Nothing in the text is executed as code.
 */
export interface Constraint {
  /**
   * Returns whether a trial satisfies the constraint. Returns true if the constraint names a path that does
   * not exist in the trial. `written` maps each swept path to its value.
   */
  holds(written: Readonly<Record<string, unknown>>): boolean;
  /**
   * A notice about a likely mistake, if any: the constraint compares a path with a text that the path never
   * has.
   */
  readonly notice: string | undefined;
}

/**
 * Parses a constraint. Throws ConstraintError if it is not valid for these parameters and derived variables.
 */
export function parseConstraint(
  text: string,
  parameters: DomainSpecs,
  derivedVariables: DerivedVariables = {},
): Constraint {
  const known: Known = { parameters, derivedVariables };
  const tree = expressionOf(text);
  const cut: Cut = ({ start, end }) => text.slice(start, end);
  if (tree.type === "AssignmentExpression" && tree.operator === "=") {
    throw new ConstraintError(`= is not a comparison operator; write ==`);
  }
  const compare = tree.type === "BinaryExpression" ? comparisons.get(tree.operator) : undefined;
  if (tree.type !== "BinaryExpression" || compare === undefined) {
    const advice =
      tree.type === "LogicalExpression" && tree.operator === "&&"
        ? "make each side a separate constraint"
        : "write two sides with <, <=, >, >=, == or != between them";
    throw new ConstraintError(`"${text}" is not a comparison; ${advice}`);
  }
  const names = new Set<string>();
  const [left, right] = termsOf([tree.left, tree.right], cut, known, names);
  if (names.size === 0) {
    throw new ConstraintError(`"${text}" names no swept path; name one of ${namesOf(known)}`);
  }
  const isOrder = tree.operator !== "==" && tree.operator !== "!=";
  if (isOrder) {
    mustBeNumber(left, cut(tree.left), tree.operator);
    mustBeNumber(right, cut(tree.right), tree.operator);
  } else mustBeComparable([left, cut(tree.left)], [right, cut(tree.right)]);
  return {
    notice:
      noticeAbsentText(text, cut(tree.left), left, right) ??
      noticeAbsentText(text, cut(tree.right), right, left),
    holds(written) {
      const [a, b] = [left.value(written), right.value(written)];
      if (isOrder && (isAbsent(a) || isAbsent(b))) return true;
      return a === undefined || b === undefined || compare(a, b);
    },
  };
}

type Side = readonly [term: Term, text: string];
type Cut = (node: { readonly start: number; readonly end: number }) => string;

/**
 * Returns the terms of both sides. Throws ConstraintError. If one side is a text of the other without its
 * quotes, the error says so.
 */
function termsOf(
  sides: readonly [Expression | PrivateIdentifier, Expression],
  cut: Cut,
  known: Known,
  names: Set<string>,
): readonly [Term, Term] {
  const terms: Term[] = [];
  const unknown: ConstraintError[] = [];
  for (const side of sides) {
    try {
      terms.push(termOf(side, cut, known, names));
    } catch (error) {
      if (!(error instanceof ConstraintError) || error.unknownName !== cut(side)) throw error;
      unknown.push(error);
    }
  }
  const [first, second] = terms;
  if (first !== undefined && second !== undefined) return [first, second];
  const name = unknown[0]?.unknownName;
  const same = first?.texts?.find((each) => each.toLowerCase() === name?.toLowerCase());
  if (same === undefined) throw unknown[0]!;
  throw new ConstraintError(
    `${name} is not a swept path, and a text needs quotes; write ${JSON.stringify(same)}`,
  );
}

/** Throws ConstraintError if two sides are never equal, or one is a block or a list and not beside null. */
function mustBeComparable(left: Side, right: Side): void {
  for (const [[one, text], [other]] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!isNull(other)) mustBeScalar(one, text);
    else if (!one.kinds.has("null")) {
      const { optional } = one;
      throw new ConstraintError(
        `${text} is ${inWords(one)}, which is never null; ` +
          (optional === undefined ? "compare it with another value" : `compare ${optional} with null`),
      );
    }
  }
  if (!left[0].kinds.isDisjointFrom(right[0].kinds)) return;
  throw new ConstraintError(
    `${left[1]} is ${inWords(left[0])} and ${right[1]} ${inWords(right[0])}, which are never ` +
      "equal; compare values of the same kind",
  );
}

function isNull({ kinds }: Term): boolean {
  return kinds.size === 1 && kinds.has("null");
}

/** Returns a notice if `literal` is a text, and the swept path `path` has other texts only. */
function noticeAbsentText(text: string, name: string, path: Term, { literal }: Term): string | undefined {
  if (literal === undefined || path.texts === undefined || path.texts.includes(literal)) return undefined;
  const values = path.texts.map((each) => JSON.stringify(each)).join(", ");
  const same = path.texts.find((each) => each.toLowerCase() === literal.toLowerCase());
  return (
    `the constraint ${text} compares ${name} with ${JSON.stringify(literal)}, which is not one of its values: ` +
    `${values}${same === undefined ? "" : `; write ${JSON.stringify(same)}`}`
  );
}

/** A number as the YAML core schema writes it in base 10, without its sign. */
const DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Throws ConstraintError for a token that a JavaScript parser reads differently from YAML. */
function checkToken(raw: string, value: unknown): void {
  if (raw.includes("\\"))
    throw new ConstraintError(`${raw} contains a backslash; write each character itself, without escapes`);
  if ((typeof value === "number" || typeof value === "bigint") && !DECIMAL.test(raw))
    throw new ConstraintError(`${raw} is not a decimal number; write ${value}`);
  const isRounded = value === 0 && /^[^e]*[1-9]/i.test(raw);
  if (typeof value === "number" && (isRounded || value === Infinity))
    throw new ConstraintError(
      `${raw} is too ${isRounded ? "small" : "large"}; write a number between 1e-300 and 1e300`,
    );
}

function expressionOf(text: string): Expression {
  try {
    const [first, second] = parse(text, {
      ecmaVersion: 2022,
      onToken: ({ start, end, value }: Token & { value?: unknown }) =>
        checkToken(text.slice(start, end), value),
      onComment: (_isBlock, _comment, start, end) => {
        throw new ConstraintError(`"${text.slice(start, end)}" is a comment; remove it from the constraint`);
      },
    }).body;
    if (first?.type !== "ExpressionStatement" || second !== undefined) {
      throw new ConstraintError(`"${text}" is not a comparison; write one as "a <= b"`);
    }
    return first.expression;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const at = "pos" in error && typeof error.pos === "number" ? error.pos : text.length;
    const where = at >= text.length ? "at its end" : `at "${text.slice(at)}"`;
    const isBoth = /^and\b/i.test(text.slice(at));
    const advice = isBoth ? "make each side a separate constraint" : 'write it as "a <= b"';
    throw new ConstraintError(`"${text}" cannot be read ${where}; ${advice}`);
  }
}

type Compare = (a: Scalar, b: Scalar) => boolean;
const comparisons: ReadonlyMap<string, Compare> = new Map<string, Compare>([
  ["<", ofNumbers((order) => order < 0)],
  ["<=", ofNumbers((order) => order <= 0)],
  [">", ofNumbers((order) => order > 0)],
  [">=", ofNumbers((order) => order >= 0)],
  ["==", areEqual],
  ["!=", (a, b) => !areEqual(a, b)],
]);

/** The type guards exclude nothing, because other sides are absent, or `mustBeNumber` has rejected them. */
function ofNumbers(holds: (order: number) => boolean): Compare {
  return (a, b) => isNumber(a) && isNumber(b) && holds(compareRationals(a, b));
}

function areEqual(a: Scalar, b: Scalar): boolean {
  return isNumber(a) && isNumber(b) ? compareRationals(a, b) === 0 : a === b;
}

function inWords({ kinds }: Term): string {
  return [...kinds].join(" or ");
}
