import { getSyntaxError } from "#platform/syntax-report";
import { readFileSync } from "@nn/platform/files";
import { join, relative, sep } from "@nn/platform/path";
import { fileUrlToPath } from "@nn/platform/host";

import type { Span } from "../yaml/source.ts";

/**
 * Returns the position at which loading `file` failed; undefined if unknown. It is in `file`, or in an
 * imported file below `home`. `shown` is the name of `home` in messages.
 */
export function locateLoadFailure(
  error: unknown,
  file: string,
  home: string,
  shown: string,
): Span | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const place =
    findPlaceInFrames(error.stack, home) ??
    findPlaceInFirstLine(error.stack) ??
    findPlaceOfImport(error.message, file) ??
    (error instanceof SyntaxError ? findPlaceWithNode(file) : undefined);
  if (place === undefined) return undefined;
  const text = readText(place.file);
  const start = text === undefined ? -1 : computeOffset(text, place);
  if (text === undefined || start < 0) return undefined;
  const name = join(shown, relative(home, place.file));
  const source = { kind: "file", name, folder: home, text } as const;
  const [word = ""] = /^[\w$]*/.exec(text.slice(start)) ?? [];
  return { source, start, end: start + Math.max(1, word.length) };
}

/** Replaces absolute paths below `home` by relative ones: `./…`. */
export function makePathsRelative(message: string, home: string): string {
  return message.replaceAll(`${home}${sep}`, "./");
}

/** A position in a file; line and column start at 1. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Finds the position of an error that a file throws while it loads: the first stack frame below `home`. */
function findPlaceInFrames(stack: string, home: string): Place | undefined {
  for (const [, url = "", line = "", column = ""] of stack.matchAll(
    /^ +at .*?((?:file:\/\/)?\/[^()\n]+):(\d+):(\d+)\)?$/gm,
  )) {
    const file = url.startsWith("file:") ? fileUrlToPath(url) : url;
    const isOwn = file.startsWith(`${home}${sep}`) && !file.includes(`${sep}node_modules${sep}`);
    if (isOwn) return { file, line: Number(line), column: Number(column) };
  }
  return undefined;
}

/**
 * Finds the position of a syntax error. Node prints `path:line`, the source line and a row of ^ before the
 * error's name.
 */
function findPlaceInFirstLine(text: string): Place | undefined {
  const head = /^((?:file:\/\/)?\/[^\n]+):(\d+)\n(?:(?:.*\n)*?( *)\^+\n)?/.exec(text);
  if (head === null) return undefined;
  // There is no ^ if the file ends too early.
  const [, url = "", line = "", indent] = head;
  const file = url.startsWith("file:") ? fileUrlToPath(url) : url;
  return { file, line: Number(line), column: indent === undefined ? Infinity : indent.length + 1 };
}

/** Finds the import of a name that the imported file does not export. The error contains only the name. */
function findPlaceOfImport(message: string, file: string): Place | undefined {
  const [, name] = /does not provide an export named '([\w$]+)'/.exec(message) ?? [];
  if (name === undefined) return undefined;
  const lines = (readText(file) ?? "").split("\n");
  const isName = new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`);
  const line = lines.findIndex((each) => isName.test(each));
  return line === -1 ? undefined : { file, line: line + 1, column: lines[line]!.search(isName) + 1 };
}

/**
 * Finds the position of a syntax error with `node --check`: the thrown error has no position, but Node prints
 * one.
 */
function findPlaceWithNode(file: string): Place | undefined {
  return findPlaceInFirstLine(getSyntaxError(file));
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** Returns the offset of a position; −1 if the text has no such line. */
function computeOffset(text: string, { line, column }: Place): number {
  const lines = text.split("\n");
  if (line > lines.length) return -1;
  const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  return Math.min(before + column - 1, before + lines[line - 1]!.length);
}
