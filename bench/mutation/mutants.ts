import { parseAst } from "vitest/node";

/** One small change to a source file. */
export interface Mutant {
  /** Path relative to the root of the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Offsets of the change in the source. */
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
  /** The unchanged line of the source. */
  readonly text: string;
}

/** A node of the syntax tree as the parser gives it (ESTree with TypeScript's nodes). */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

type Change = readonly [at: { readonly start: number; readonly end: number }, after: string];

/**
 * Returns all small changes to a source file. Leaves out code without a testable effect, or with other tests:
 * types, texts, thrown errors, and schemas of options, which schema/experiment.schema.json repeats.
 */
export function createMutants(file: string, source: string): Mutant[] {
  const mutants: Mutant[] = [];
  const lines = source.split("\n");
  const visit = (node: Node): void => {
    if (isLeftAlone(node)) return;
    for (const [{ start, end }, after] of changesOf(node, source)) {
      const before = source.slice(start, end);
      if (before === after) continue;
      const line = source.slice(0, start).split("\n").length;
      mutants.push({ file, line, start, end, before, after, text: (lines[line - 1] ?? "").trim() });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  const program: unknown = parseAst(source, { lang: "ts" });
  if (isNode(program)) visit(program);
  return mutants;
}

export function applyMutant(source: string, { start, end, after }: Mutant): string {
  return source.slice(0, start) + after + source.slice(end);
}

/** Describes a change: its position, the old and new code, and the source line. */
export function describeMutant({ file, line, before, after, text }: Mutant): string {
  return `${file}:${line}  ${shortened(before)} → ${shortened(after)}  in: ${shortened(text)}`;
}

function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flatMap((value) => {
    if (Array.isArray(value)) return value.filter(isNode);
    return isNode(value) ? [value] : [];
  });
}

/** TypeScript nodes that contain an expression to run; all others are types. */
const TRANSPARENT = new Set(["TSNonNullExpression", "TSAsExpression", "TSSatisfiesExpression"]);

function isLeftAlone(node: Node): boolean {
  const { type } = node;
  if (type.startsWith("TS") && !TRANSPARENT.has(type)) return true;
  if (type === "ImportDeclaration" || type === "ExportAllDeclaration") return true;
  if (type === "ThrowStatement" || type === "TemplateLiteral") return true;
  if (type === "NewExpression") return /(Error|Problem|Crash|Failure)$/.test(nameOf(node["callee"]));
  // A schema of options: Type.Number({ minimum: 0, … }).
  if (type === "CallExpression" && isNode(node["callee"])) return nameOf(node["callee"]["object"]) === "Type";
  return false;
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node["name"] === "string" ? node["name"] : "";
}

const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["&"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
  "*=": ["/="],
  "/=": ["*="],
};

/** Methods and functions that are easily confused. */
const NAMES = new Map([
  ["min", "max"],
  ["max", "min"],
  ["floor", "ceil"],
  ["ceil", "floor"],
  ["some", "every"],
  ["every", "some"],
  ["push", "unshift"],
  ["startsWith", "endsWith"],
  ["endsWith", "startsWith"],
]);

function changesOf(node: Node, source: string): Change[] {
  switch (node.type) {
    case "BinaryExpression":
    case "LogicalExpression":
    case "AssignmentExpression":
      return operatorChanges(node, source);
    case "Literal":
      return literalChanges(node);
    case "UnaryExpression":
      return ["!", "-"].includes(String(node["operator"])) ? [[node, textOf(node["argument"], source)]] : [];
    case "IfStatement":
    case "ConditionalExpression":
      return isNode(node["test"])
        ? [
            [node["test"], "true"],
            [node["test"], "false"],
          ]
        : [];
    case "WhileStatement":
      return isNode(node["test"]) ? [[node["test"], "false"]] : [];
    case "ExpressionStatement":
      return /^("|super\()/.test(textOf(node, source)) ? [] : [[node, ";"]];
    case "ContinueStatement":
    case "BreakStatement":
      return [[node, ";"]];
    case "MemberExpression":
      return memberChanges(node);
    case "CallExpression":
      return swappedArguments(node, source);
    default:
      return [];
  }
}

/** A sum that contains a text is a text, so `-` cannot replace `+`. */
function operatorChanges(node: Node, source: string): Change[] {
  const { left, right } = node;
  const operator = String(node["operator"]);
  if (!isNode(left) || !isNode(right)) return [];
  if (operator === "??") return [[node, textOf(right, source)]];
  if (["+", "+="].includes(operator) && [left, right].some((side) => isText(side))) return [];
  const between = { start: left.end, end: right.start };
  const written = source.slice(between.start, between.end);
  return (OPERATORS[operator] ?? []).map((other) => [between, written.replace(operator, () => other)]);
}

function isText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return true;
  if (node.type === "Literal") return typeof node["value"] === "string";
  return (
    node.type === "BinaryExpression" &&
    [node["left"], node["right"]].some((side) => isNode(side) && isText(side))
  );
}

function literalChanges(node: Node): Change[] {
  const { value } = node;
  if (typeof value === "boolean") return [[node, String(!value)]];
  if (typeof value !== "number") return [];
  if (value === 0) return [[node, "1"]];
  if (value === 1)
    return [
      [node, "0"],
      [node, "2"],
    ];
  return [[node, Number.isInteger(value) ? String(value + 1) : String(value * 2)]];
}

function memberChanges(node: Node): Change[] {
  const { property } = node;
  if (node["computed"] === true || !isNode(property)) return [];
  const other = NAMES.get(nameOf(property));
  return other === undefined ? [] : [[property, other]];
}

/** Swaps adjacent arguments, unless one is a function, both are equal, or the order has no effect. */
function swappedArguments(node: Node, source: string): Change[] {
  if (/^Math\.(min|max|hypot)$/.test(textOf(node["callee"], source))) return [];
  const list = Array.isArray(node["arguments"]) ? node["arguments"].filter(isNode) : [];
  return list.slice(1).flatMap((second, index): Change[] => {
    const first = list[index];
    if (first === undefined) return [];
    const kinds = [first.type, second.type];
    if (kinds.some((kind) => /Function|SpreadElement|ObjectExpression|TemplateLiteral/.test(kind))) return [];
    if (isText(first) || isText(second)) return [];
    const between = source.slice(first.end, second.start);
    return [
      [{ start: first.start, end: second.end }, textOf(second, source) + between + textOf(first, source)],
    ];
  });
}

function textOf(node: unknown, source: string): string {
  return isNode(node) ? source.slice(node.start, node.end) : "";
}
