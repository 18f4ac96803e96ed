import {
  isAlias,
  isCollection,
  isMap,
  isScalar,
  parseAllDocuments,
  visit,
  type Document,
  type ParsedNode,
  type YAMLError,
  type YAMLMap,
} from "yaml";

import type { Located, LocatedEntry } from "./located.ts";
import type { Problems } from "../errors/problem.ts";
import type { Source, Span } from "./source.ts";
import { explainYamlError, nestingTooDeep } from "./yaml-errors.ts";

/**
 * Maximum number of values in a file with aliases expanded. Without the limit, nine levels of ten aliases
 * would be 10⁹ values.
 */
const MAX_VALUES = 20_000;
const DEEPEST = 64;
/** Maximum number of syntax errors that are reported. A file with more is probably the wrong one. */
const MAX_SYNTAX_ERRORS = 5;

const tooMany = {
  message: `this file has more than ${MAX_VALUES} values once its aliases are expanded`,
  expected: "an experiment of a page or two",
  advice: "Write out the values, without aliases of aliases.",
};

/**
 * Parses YAML 1.2 into located values. If there are mistakes, adds them to `problems` and returns undefined.
 */
export function parseYaml(source: Source, problems: Problems): Located | undefined {
  const before = problems.list.length;
  const documents = parseAllDocuments(source.text, {
    version: "1.2",
    schema: "core",
    merge: false,
    resolveKnownTags: false,
    // Duplicate keys are checked below, with both positions and without comparing every pair.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const parsed: Document.Parsed[] = "empty" in documents ? [] : [...documents];
  const [first, second] = parsed;

  if (first === undefined || (first.contents === null && first.errors.length === 0)) {
    problems.add({
      place: findDocumentSpan(source),
      message: "this file is empty",
      expected: "an experiment",
      advice: "Copy experiments/quickstart.yaml and change it.",
    });
    return undefined;
  }
  for (const document of parsed) addSyntaxErrors(document, source, problems);
  if (second !== undefined) {
    // A document begins with "---", or with its first value after "..." at the end of the one before it.
    const start = second.range[0];
    const mark = source.text.startsWith("---", start) ? "---" : "...";
    problems.add({
      place: { source, start, end: start + 3 },
      message: "a second document begins here",
      expected: "one experiment per file",
      advice: `Remove the "${mark}"${mark === "..." ? " above" : ""}, or move the second document to a separate file.`,
    });
  }
  const { explicit, version } = first.directives.yaml;
  if (explicit && version !== "1.2") {
    problems.add({
      place: { source, start: 0, end: Math.max(1, source.text.indexOf("\n")) },
      message: `this file declares YAML ${version}`,
      expected: "YAML 1.2",
      advice: "Remove the %YAML line.",
    });
  }
  if (problems.list.length > before || first.contents === null) return undefined;
  const located = new Locator(first, source, problems).locate(first.contents, 0);
  return problems.list.length > before ? undefined : located;
}

function addSyntaxErrors(document: Document.Parsed, source: Source, problems: Problems): void {
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  const { text } = source;
  if (errors.some(({ code }) => code === "RESOURCE_EXHAUSTION")) {
    // The position of this error does not help.
    problems.add({ place: findDocumentSpan(source), ...nestingTooDeep });
    return;
  }
  // Most later errors of the parser follow from the first one, so only one error per line is reported.
  const lines = new Set<number>();
  for (const error of errors) {
    const [start, end] = findUnclosed(document, error, text) ?? error.pos;
    const from = Math.min(start, Math.max(0, text.length - 1));
    const lineStart = text.lastIndexOf("\n", from - 1);
    if (lines.has(lineStart)) continue;
    lines.add(lineStart);
    if (lines.size > MAX_SYNTAX_ERRORS) continue;
    const place = { source, start: from, end: Math.min(Math.max(end, from + 1), text.length) };
    problems.add({ place, ...explainYamlError(error, text) });
  }
  const more = lines.size - MAX_SYNTAX_ERRORS;
  if (more > 0) {
    problems.add({
      place: findDocumentSpan(source),
      message: `${more} more ${more === 1 ? "line is" : "lines are"} not YAML`,
      advice: "Correct the first ones first, or check that this is the right file.",
    });
  }
}

function findDocumentSpan(source: Source): Span | string {
  return source.kind === "file" ? source.name : { source, start: 0, end: source.text.length };
}

/**
 * Returns the position of an unclosed quote or bracket. The parser reports the position at which it gave up,
 * which may be the end of the file.
 */
function findUnclosed(
  document: Document.Parsed,
  { code, pos, message }: YAMLError,
  text: string,
): readonly [number, number] | undefined {
  const isQuote = code === "MISSING_CHAR" && message.includes("quote");
  const closer = /end with a ([\]}])/.exec(message)?.[1];
  if (!isQuote && closer === undefined) return undefined;
  let at: number | undefined;
  visit(document, {
    Node(_key, node) {
      const { range } = node;
      if (!range || range[0] >= pos[1]) return;
      const [start, end] = range;
      const opener = text[start] ?? "";
      const isOpen = isQuote
        ? /["']/.test(opener) && end >= pos[0]
        : isCollection(node) && opener === (closer === "}" ? "{" : "[") && text[end - 1] !== closer;
      if (isOpen) at = Math.max(start, at ?? 0);
    },
  });
  return at === undefined ? undefined : [at, at + 1];
}

class Locator {
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, ParsedNode[]>();
  readonly #open: ParsedNode[] = [];
  #values = 0;
  #gaveUp = false;

  constructor(document: Document.Parsed, source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
    if (document.contents !== null) this.#collectAnchors(document.contents);
  }

  locate(node: ParsedNode | null, depth: number, around?: Span): Located {
    // An empty value has no position, so it gets the position of its key.
    const isEmpty = node === null || (isScalar(node) && node.range[0] === node.range[1]);
    const span = isEmpty ? (around ?? this.#spanAt(0, 1)) : this.#span(node);
    const nothing: Located = { kind: "scalar", span, value: null };
    if (node === null || this.#gaveUp) return nothing;
    this.#values += 1;
    if (this.#values > MAX_VALUES || depth > DEEPEST) {
      this.#gaveUp = true;
      const isDeep = depth > DEEPEST;
      this.#problems.add({ place: span, ...(isDeep ? nestingTooDeep : tooMany) });
      return nothing;
    }
    if (isAlias(node)) return this.#locateAlias(node, depth) ?? nothing;
    if (isScalar(node)) return { kind: "scalar", span, value: this.#scalarValue(node.value, span) };
    if (!isCollection(node)) return nothing;

    this.#open.push(node);
    const located: Located = isMap(node)
      ? { kind: "map", span, entries: this.#locateEntries(node, depth) }
      : { kind: "list", span, items: node.items.map((item) => this.locate(item, depth + 1, span)) };
    this.#open.pop();
    return located;
  }

  #locateEntries(map: YAMLMap.Parsed, depth: number): Map<string, LocatedEntry> {
    const entries = new Map<string, LocatedEntry>();
    for (const { key, value } of map.items) {
      const keyNode = key;
      const span = keyNode === null ? this.#span(map) : this.#span(keyNode);
      if (!isScalar(keyNode)) {
        this.#problems.add({
          place: span,
          message: "this key is not a plain name",
          expected: "a key such as learningRate",
          advice: 'Check the line for a stray "?", "[" , "{" or "*".',
        });
        continue;
      }
      const name =
        typeof keyNode.value === "string" ? keyNode.value : keyNode.source || String(keyNode.value);
      const first = entries.get(name);
      if (first !== undefined) {
        const line = this.#source.text.slice(0, first.key.start).split("\n").length;
        this.#problems.add({
          place: span,
          message: `the key "${name}" is duplicated; it is already on line ${line}`,
          expected: "each key once",
          advice: "Remove one of the two.",
        });
        continue;
      }
      entries.set(name, { key: span, value: this.locate(value, depth + 1, span) });
    }
    return entries;
  }

  /** Resolves an alias to the last anchor of its name before it. */
  #locateAlias(alias: ParsedNode & { source: string }, depth: number): Located | undefined {
    const [start] = alias.range;
    const target = this.#anchors.get(alias.source)?.findLast((node) => node.range[0] < start);
    if (target !== undefined && !this.#open.includes(target)) return this.locate(target, depth);
    this.#problems.add(
      target === undefined
        ? {
            place: this.#span(alias),
            message: `the alias *${alias.source} has no anchor`,
            expected: `"&${alias.source}" at a value above`,
            advice: 'Put text that begins with "*" in quotes.',
          }
        : {
            place: this.#span(alias),
            message: `the alias *${alias.source} refers to a block that contains it`,
            expected: "an alias of a value that ends above it",
            advice: "Write out the values.",
          },
    );
    return undefined;
  }

  #scalarValue(value: unknown, place: Span): string | number | boolean | null {
    switch (typeof value) {
      case "string":
      case "number":
      case "boolean":
        return value;
      default:
        if (value === null) return null;
        this.#problems.add({
          place,
          message: "an experiment cannot contain this kind of value",
          expected: "a number, text, true, false, a list or a block",
        });
        return null;
    }
  }

  #collectAnchors(root: ParsedNode): void {
    const waiting: (ParsedNode | null)[] = [root];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      if (node === null || isAlias(node)) continue;
      if (node.anchor !== undefined)
        this.#anchors.set(node.anchor, [...(this.#anchors.get(node.anchor) ?? []), node]);
      if (isMap(node)) for (const { key, value } of node.items) waiting.push(key, value);
      else if (isCollection(node)) for (const item of node.items) waiting.push(item);
    }
    for (const nodes of this.#anchors.values()) nodes.sort((a, b) => a.range[0] - b.range[0]);
  }

  #span(node: ParsedNode): Span {
    const [start, end] = node.range;
    // A block of several lines is underlined on its first line only.
    const lineEnd = this.#source.text.indexOf("\n", start);
    const until = Math.min(end, lineEnd === -1 ? end : lineEnd);
    return this.#spanAt(start, start + this.#source.text.slice(start, until).trimEnd().length);
  }

  #spanAt(start: number, end: number): Span {
    return { source: this.#source, start, end: Math.max(end, start + 1) };
  }
}
