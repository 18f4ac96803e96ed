/** A text that contains values of an experiment: a YAML file or one `--set` argument. */
export interface Source {
  readonly kind: "file" | "argument";
  /** Name in messages: the path in the form in which a user would write it, or `--set path=value`. */
  readonly name: string;
  /** Absolute folder to which paths in the text (`extends`, a custom part) are relative. */
  readonly folder: string;
  readonly text: string;
}

/** A range of a source: offsets into its text, `end` exclusive. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** The start of a span as line and column, for messages. */
export interface Position {
  /** Line number, starting at 1. */
  readonly line: number;
  /** Column number, starting at 1, counted in characters like in an editor. */
  readonly column: number;
  /** The complete line, without its line break. */
  readonly lineText: string;
}

/**
 * Returns the line and column at which a span starts; an offset past the end counts as the end of the text.
 */
export function getPosition(span: Span): Position {
  const { text } = span.source;
  const start = Math.min(span.start, text.length);
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  let lineEnd = text.indexOf("\n", lineStart);
  if (lineEnd === -1) lineEnd = text.length;
  if (text[lineEnd - 1] === "\r") lineEnd -= 1;

  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < lineStart; at = text.indexOf("\n", at + 1)) line += 1;
  return {
    line,
    column: start - lineStart + 1,
    lineText: text.slice(lineStart, Math.max(lineStart, lineEnd)),
  };
}
