import { relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Where in a file below `home` loading failed, to stand after the reason: ` (line 5, column 3)`, with the file's name where
 * it is not `file` but one that it imports. Empty when the error does not say.
 */
export function placeOfFailure(error: unknown, file: string, home: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return "";
  const place = placeInFrames(error.stack, home) ?? placeInHead(error.stack);
  if (place === undefined) return "";
  const name = place.file === resolve(file) ? "" : `${relativeTo(home, place.file)}, `;
  return ` (${name}line ${place.line}, column ${place.column})`;
}

/** Absolute paths below `home` as the experiment writes them. */
export function withoutFolder(message: string, home: string): string {
  return message.replaceAll(`${home}${sep}`, "./");
}

interface Place {
  readonly file: string;
  readonly line: string;
  readonly column: number | string;
}

/** What throws while it is loaded: the first call below `home`. */
function placeInFrames(stack: string, home: string): Place | undefined {
  for (const [, url = "", line = "", column = ""] of stack.matchAll(
    /^ +at .*?((?:file:\/\/)?\/[^()\n]+):(\d+):(\d+)\)?$/gm,
  )) {
    const file = url.startsWith("file:") ? fileURLToPath(url) : url;
    const isOwn = file.startsWith(`${home}${sep}`) && !file.includes(`${sep}node_modules${sep}`);
    if (isOwn) return { file, line, column };
  }
  return undefined;
}

/** What is no TypeScript: Node puts `path:line`, the lines and a row of ^ before the error's name. */
function placeInHead(stack: string): Place | undefined {
  const head = /^(\/[^\n]+):(\d+)\n(?:.*\n)*?( *)\^+\n/.exec(stack);
  if (head === null) return undefined;
  const [, file = "", line = "", indent = ""] = head;
  return { file, line, column: indent.length + 1 };
}

function relativeTo(home: string, file: string): string {
  const path = relative(home, file).split(sep).join("/");
  return path.startsWith("../") ? path : `./${path}`;
}
