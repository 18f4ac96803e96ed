import type { Expression, Literal, PrivateIdentifier, Super } from "acorn";
import { findSigns } from "./find-signs.ts";
import { ConstraintError } from "./constraint-error.ts";
import { getChoices, isList, isMap, isNestedDomain, type DomainSpecs } from "./domain.ts";
import {
  applyOperator,
  isNumber,
  parseDecimal,
  toRational,
  type Operator,
  type Rational,
} from "./rational.ts";
import { formatPathStep, listSweptPaths } from "./space.ts";

/**
 * Numbers that are known before a trial runs, by name, such as `model.parameters`. Each is computed from the
 * values at the swept paths. It is undefined if a trial has no such number.
 */
export type DerivedVariables = Readonly<
  Record<string, (written: Readonly<Record<string, unknown>>) => number | undefined>
>;

type Kind = "a number" | "text" | "a boolean" | "null" | "a block" | "a list";
/** A value that can be compared. */
export type Scalar = Rational | string | boolean | null;

/** A side of a comparison, or part of one. */
export interface Term {
  /** The kinds of value that it can have. */
  readonly kinds: ReadonlySet<Kind>;
  /** The swept paths that the term reads. */
  readonly reads: readonly string[];
  /** Whether the term contains a derived variable, which is known for each trial only. */
  readonly isDerived?: boolean;
  /** The text itself, if the term is one in quotes. */
  readonly literal?: string | undefined;
  /** The texts that the term can have, if it is a swept path with text values. */
  readonly texts?: readonly string[] | undefined;
  /** The swept path around this one, if it can be null. The term then does not exist in some trials. */
  readonly optional?: string | undefined;
  /**
   * Returns the value of the term in a trial; undefined if the trial does not have one of its paths. A block
   * or a list is "a block" or "a list", because it can only be compared with null.
   */
  value(written: Readonly<Record<string, unknown>>): Scalar | undefined;
}

/** The operators between the two sides of a constraint. */
export const COMPARISON_OPERATORS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);

function isOperator(text: string): text is Operator {
  return ["+", "-", "*", "/", "%"].includes(text);
}

/** The names that a constraint may use. */
export interface Known {
  readonly parameters: DomainSpecs;
  readonly derivedVariables: DerivedVariables;
}

/** Lists the names that a constraint may use. */
export function namesOf({ parameters, derivedVariables }: Known): string {
  return [...listSweptPaths(parameters), ...Object.keys(derivedVariables)].join(", ");
}

type Node = Expression | PrivateIdentifier | Super;

/**
 * Returns the term of a syntax tree. `cut` returns the text of a node. Adds the names in it to `names`.
 * Throws ConstraintError.
 */
export function termOf(node: Node, cut: (node: Node) => string, known: Known, names: Set<string>): Term {
  const below = (each: Node): Term => termOf(each, cut, known, names);
  const number = (each: Node, operator: string): Term => mustBeNumber(below(each), cut(each), operator);

  if (node.type === "Literal") {
    const value = getLiteralValue(node);
    if (
      typeof value === "number" ||
      typeof value === "string" ||
      typeof value === "boolean" ||
      value === null
    ) {
      const scalar = typeof value === "number" ? parseDecimal(node.raw ?? "") : value;
      if (node.regex === undefined || node.regex === null)
        return {
          kinds: new Set([kindOf(value)]),
          reads: [],
          literal: typeof value === "string" ? value : undefined,
          value: () => scalar,
        };
    }
  }
  if (node.type === "UnaryExpression" && node.operator === "+") return number(node.argument, "+");
  if (node.type === "UnaryExpression" && node.operator === "-") {
    return computed(zero, "-", number(node.argument, "-"));
  }
  if (node.type === "BinaryExpression") {
    const { operator } = node;
    if (COMPARISON_OPERATORS.has(operator)) {
      throw new ConstraintError(
        `"${cut(node)}" is a comparison inside another; make each a separate constraint`,
      );
    }
    if (isOperator(operator)) {
      const right = number(node.right, operator);
      if (operator === "/" || operator === "%")
        mustNotBeZero(right, cut(node.right), cut(node), known.parameters);
      return computed(number(node.left, operator), operator, right);
    }
  }
  const steps = stepsOf(node);
  if (steps !== undefined) {
    names.add(cut(node));
    return pathTerm(steps, cut(node), known);
  }
  throw new ConstraintError(
    `a constraint cannot have "${cut(node)}" in it; it can contain numbers, texts, swept paths and + - * / %`,
  );
}

/** Returns the value of a literal. JavaScript would read 011 as the octal 9. */
function getLiteralValue({ value, raw }: Literal): Literal["value"] {
  return typeof value === "number" ? Number(raw) : value;
}

const nothing = toRational(0);
const zero: Term = { kinds: new Set(["a number"]), reads: [], value: () => nothing };

/** Combines two numeric terms with an operator. */
function computed(left: Term, operator: Operator, right: Term): Term {
  return {
    kinds: new Set(["a number"]),
    reads: [...left.reads, ...right.reads],
    isDerived: left.isDerived === true || right.isDerived === true,
    value(written) {
      const [a, b] = [left.value(written), right.value(written)];
      return isAbsent(a) || isAbsent(b) ? undefined : applyOperator(a, operator, b);
    },
  };
}

/**
 * Whether a value is missing because a path does not exist in the trial: null leaves it out. The type guard
 * also excludes values that are not numbers, which `mustBeNumber` has rejected before.
 */
export function isAbsent(value: Scalar | undefined): value is Exclude<Scalar, Rational> | undefined {
  return value === undefined || !isNumber(value);
}

type Steps = readonly (string | number)[];

/** Returns the steps of a path such as `a.b[1]`; undefined if the node is not a path. */
function stepsOf(node: Node): Steps | undefined {
  if (node.type === "Identifier") return [node.name];
  if (node.type !== "MemberExpression" || node.optional) return undefined;
  const before = stepsOf(node.object);
  const { property } = node;
  if (before === undefined) return undefined;
  if (!node.computed) return property.type === "Identifier" ? [...before, property.name] : undefined;
  if (property.type !== "Literal") return undefined;
  const step = getLiteralValue(property);
  return typeof step === "string" || typeof step === "number" ? [...before, step] : undefined;
}

/**
 * Returns the term of a derived variable, of a swept path, or of a path inside one of its options. Throws
 * ConstraintError for any other path.
 */
function pathTerm(steps: Steps, text: string, known: Known): Term {
  const { parameters, derivedVariables } = known;
  const name = pathText(steps);
  const variable = Object.hasOwn(derivedVariables, name) ? derivedVariables[name] : undefined;
  if (variable !== undefined) {
    return {
      kinds: new Set(["a number"]),
      reads: [],
      isDerived: true,
      value(written) {
        const value = variable(written);
        return value === undefined ? undefined : toRational(value);
      },
    };
  }
  for (let length = steps.length; length >= 1; length--) {
    const swept = pathText(steps.slice(0, length));
    if (!Object.hasOwn(parameters, swept)) continue;
    const inside = steps.slice(length);
    const values = valuesAt(parameters[swept], inside);
    const kinds = new Set(values.map(kindOf));
    if (kinds.size === 0) continue;
    const isOptional = inside.length > 0 && valuesAt(parameters[swept], []).includes(null);
    return {
      kinds,
      reads: [swept],
      optional: isOptional ? swept : undefined,
      texts: kinds.has("text")
        ? [...new Set(values.filter((value) => typeof value === "string"))]
        : undefined,
      value(written) {
        let value = written[swept];
        for (const step of inside) value = stepInto(value, step);
        if (typeof value === "number") return toRational(value);
        return isPlain(value) || value === undefined ? value : kindOf(value);
      },
    };
  }
  throw new ConstraintError(`${text} is not swept; name one of ${namesOf(known)}`, text);
}

function pathText(steps: Steps): string {
  return steps.reduce<string>((path, step) => (path === "" ? String(step) : path + formatPathStep(step)), "");
}

/** Returns at least one value of each kind that can occur at these steps. */
function valuesAt(part: unknown, [step, ...rest]: Steps, isDomain = true): unknown[] {
  if (isNestedDomain(part)) {
    const options = getChoices(part);
    const values = options ?? [part.type === "bool" ? true : 0];
    return values.flatMap((option) => valuesAt(option, step === undefined ? [] : [step, ...rest], false));
  }
  if (isDomain && isList(part)) {
    return part.flatMap((option) => valuesAt(option, step === undefined ? [] : [step, ...rest], false));
  }
  if (step === undefined) return part === undefined ? [] : [part];
  const below = stepInto(part, step);
  return below === undefined ? [] : valuesAt(below, rest, false);
}

function stepInto(value: unknown, step: string | number): unknown {
  if (isList(value)) return typeof step === "number" ? value[step] : undefined;
  return isMap(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

function isPlain(value: unknown): value is string | boolean | null {
  return value === null || typeof value === "string" || typeof value === "boolean";
}

function kindOf(value: unknown): Kind {
  if (value === null) return "null";
  if (typeof value === "number") return "a number";
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "a boolean";
  return isList(value) ? "a list" : "a block";
}

/** Throws ConstraintError unless the term is a number, or null, which leaves it out. Returns the term. */
export function mustBeNumber(term: Term, text: string, operator: string): Term {
  mustBeScalar(term, text);
  const isNumeric = term.kinds.has("a number");
  const other = [...term.kinds].find((kind) => kind !== "a number" && !(isNumeric && kind === "null"));
  if (other === undefined) return term;
  const can = term.kinds.size > 1 ? "can be" : "is";
  throw new ConstraintError(`${text} ${can} ${other}, and ${operator} takes numbers; use == or !=`);
}

/** Throws ConstraintError for a term that can be a block or a list. */
export function mustBeScalar({ kinds }: Term, text: string): void {
  if (kinds.has("a block"))
    throw new ConstraintError(`${text} is a block; compare ${text}.type, or an option`);
  if (kinds.has("a list")) throw new ConstraintError(`${text} is a list; compare what is in it`);
}

function mustNotBeZero(divisor: Term, text: string, quotient: string, parameters: DomainSpecs): void {
  const signs = findSigns(divisor, parameters);
  if (!signs.has(0)) return;
  const isZero = Number(text) === 0 ? "0" : `${text}, which is 0`;
  const isConstant = divisor.reads.length === 0;
  // Multiplication by a negative number turns a comparison around.
  const advice = signs.has(-1)
    ? "write the constraint without this division"
    : `multiply the other side by ${text} instead`;
  throw new ConstraintError(
    `"${quotient}" divides by ${isConstant ? isZero : `${text}, which can be 0`}; ` +
      (isConstant ? "write another divisor" : advice),
  );
}
