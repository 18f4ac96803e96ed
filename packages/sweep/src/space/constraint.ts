import { parse, type Expression, type Literal, type PrivateIdentifier, type Super, type Token } from "acorn";
import { isList, isMap, isNestedDomain, getChoices, type DomainSpecs } from "./domain.ts";
import { compareRationals, applyOperator, toRational, type Operator, type Rational } from "./rational.ts";
import { listSweptPaths, formatPathStep } from "./space.ts";

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
 * Numbers that are known before a trial runs, by name, such as `model.parameters`. Each is computed from the
 * values at the swept paths. It is undefined if a trial has no such number.
 */
export type DerivedVariables = Readonly<
  Record<string, (written: Readonly<Record<string, unknown>>) => number | undefined>
>;

/**
 * Thrown for a text that is not a valid constraint of this search space. The message states the mistake and,
 * after "; ", how to correct it.
 */
export class ConstraintError extends Error {
  override readonly name = "ConstraintError";
  /** The unknown name in the text, if that is the mistake. */
  readonly unknownName: string | undefined;

  constructor(message: string, unknownName?: string) {
    super(message);
    this.unknownName = unknownName;
  }
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
  const cut = (node: { readonly start: number; readonly end: number }): string =>
    text.slice(node.start, node.end);
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
  const [left, right] = [tree.left, tree.right].map((side) => termOf(side, cut, known, names));
  if (left === undefined || right === undefined)
    throw new ConstraintError(`"${text}" has one side; write two`);
  if (names.size === 0) {
    throw new ConstraintError(`"${text}" names no swept path; name one of ${namesOf(known)}`);
  }
  if (tree.operator === "==" || tree.operator === "!=") {
    if (left.kinds.isDisjointFrom(right.kinds)) {
      throw new ConstraintError(
        `${cut(tree.left)} is ${inWords(left)} and ${cut(tree.right)} ${inWords(right)}, which are never ` +
          "equal; compare values of the same kind",
      );
    }
  } else {
    mustBeNumber(left, cut(tree.left), tree.operator);
    mustBeNumber(right, cut(tree.right), tree.operator);
  }
  return {
    notice:
      noticeAbsentText(text, cut(tree.left), left, right) ??
      noticeAbsentText(text, cut(tree.right), right, left),
    holds(written) {
      const [a, b] = [left.value(written), right.value(written)];
      return a === undefined || b === undefined || compare(a, b);
    },
  };
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

type Kind = "a number" | "text" | "a boolean" | "null" | "a block" | "a list";
type Scalar = Rational | string | boolean | null;

/** A side of a comparison, or part of one. */
interface Term {
  /** The kinds of value that it can have. */
  readonly kinds: ReadonlySet<Kind>;
  /** Whether the term is known to be 0 in some trials. */
  readonly canBeZero: boolean;
  /** The text itself, if the term is one in quotes. */
  readonly literal?: string | undefined;
  /** The texts that the term can have, if it is a swept path with text values. */
  readonly texts?: readonly string[] | undefined;
  /** Returns the value of the term in a trial; undefined if the trial does not have one of its paths. */
  value(written: Readonly<Record<string, unknown>>): Scalar | undefined;
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

/** The type guards exclude nothing, because `mustBeNumber` has rejected other sides before. */
function ofNumbers(holds: (order: number) => boolean): Compare {
  return (a, b) => isNumber(a) && isNumber(b) && holds(compareRationals(a, b));
}

function isNumber(value: Scalar): value is Rational {
  return typeof value === "number" || (typeof value === "object" && value !== null);
}

function areEqual(a: Scalar, b: Scalar): boolean {
  return isNumber(a) && isNumber(b) ? compareRationals(a, b) === 0 : a === b;
}

function isOperator(text: string): text is Operator {
  return ["+", "-", "*", "/", "%"].includes(text);
}

/** The names that a constraint may use. */
interface Known {
  readonly parameters: DomainSpecs;
  readonly derivedVariables: DerivedVariables;
}

function namesOf({ parameters, derivedVariables }: Known): string {
  return [...listSweptPaths(parameters), ...Object.keys(derivedVariables)].join(", ");
}

type Node = Expression | PrivateIdentifier | Super;

function termOf(node: Node, cut: (node: Node) => string, known: Known, names: Set<string>): Term {
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
      const scalar = typeof value === "number" ? toRational(value) : value;
      if (node.regex === undefined || node.regex === null)
        return {
          kinds: new Set([kindOf(value)]),
          canBeZero: value === 0,
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
    if (comparisons.has(operator)) {
      throw new ConstraintError(
        `"${cut(node)}" is a comparison inside another; make each a separate constraint`,
      );
    }
    if (isOperator(operator)) {
      const right = number(node.right, operator);
      if (operator === "/" || operator === "%") mustNotBeZero(right, cut(node.right), cut(node));
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
const zero: Term = { kinds: new Set(["a number"]), canBeZero: true, value: () => nothing };

/** Combines two numeric terms with an operator. */
function computed(left: Term, operator: Operator, right: Term): Term {
  return {
    kinds: left.kinds,
    canBeZero: false,
    value(written) {
      const [a, b] = [left.value(written), right.value(written)];
      return isAbsent(a) || isAbsent(b) ? undefined : applyOperator(a, operator, b);
    },
  };
}

/**
 * Whether a value is missing because a path does not exist in the trial. The type guard also excludes values
 * that are not numbers, which `mustBeNumber` has rejected before.
 */
function isAbsent(value: Scalar | undefined): value is Exclude<Scalar, Rational> | undefined {
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
 * ConstraintError for any other path, and for one that leads to a block or a list.
 */
function pathTerm(steps: Steps, text: string, known: Known): Term {
  const { parameters, derivedVariables } = known;
  const name = pathText(steps);
  const variable = Object.hasOwn(derivedVariables, name) ? derivedVariables[name] : undefined;
  if (variable !== undefined) {
    return {
      kinds: new Set(["a number"]),
      canBeZero: false,
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
    if (kinds.has("a block") || kinds.has("a list")) {
      const what = kinds.has("a block") ? "a block" : "a list";
      const advice = what === "a block" ? `compare ${text}.type, or an option` : "compare what is in it";
      throw new ConstraintError(`${text} is ${what}; ${advice}`);
    }
    return {
      kinds,
      canBeZero: values.includes(0),
      texts: kinds.has("text")
        ? [...new Set(values.filter((value) => typeof value === "string"))]
        : undefined,
      value(written) {
        let value = written[swept];
        for (const step of inside) value = stepInto(value, step);
        if (typeof value === "number") return toRational(value);
        return isPlain(value) ? value : undefined;
      },
    };
  }
  throw new ConstraintError(`${text} is not swept; name one of ${namesOf(known)}`, text);
}

function pathText(steps: Steps): string {
  return steps.reduce<string>((path, step) => (path === "" ? String(step) : path + formatPathStep(step)), "");
}

/** Returns at least one value of each kind that can occur at these steps, and 0 if it can occur. */
function valuesAt(part: unknown, [step, ...rest]: Steps, isDomain = true): unknown[] {
  if (isNestedDomain(part)) {
    const options = getChoices(part);
    const number = "min" in part && (part.min > 0 || part.max < 0) ? part.min : 0;
    const values = options ?? [part.type === "bool" ? true : number];
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

function mustBeNumber(term: Term, text: string, operator: string): Term {
  const other = [...term.kinds].find((kind) => kind !== "a number");
  if (other === undefined) return term;
  const can = term.kinds.size > 1 ? "can be" : "is";
  throw new ConstraintError(`${text} ${can} ${other}, and ${operator} takes numbers; use == or !=`);
}

function mustNotBeZero(divisor: Term, text: string, quotient: string): void {
  if (!divisor.canBeZero) return;
  const isAlways = Number(text) === 0;
  throw new ConstraintError(
    `"${quotient}" divides by ${isAlways ? "0" : `${text}, which can be 0`}; ` +
      (isAlways ? "write another divisor" : `multiply the other side by ${text} instead`),
  );
}

function inWords({ kinds }: Term): string {
  return [...kinds].join(" or ");
}
