import { relative, sep, join } from "node:path";
import { fileURLToPath } from "node:url";

import { CustomPartError } from "@nn/experiment";
import { workspaceFolder } from "@nn/runner/environment";

/**
 * Returns the error to report for one that nothing has caught. A function of a custom part may start work
 * that fails after it has returned, such as a promise or a timer; the stack then contains its file. Returns
 * any other error unchanged, because it is a bug.
 */
export function explainUncaughtError(error: unknown): unknown {
  const [place, file] = error instanceof Error ? findCustomFrame(error.stack ?? "") : [];
  if (!(error instanceof Error) || place === undefined || file === undefined) return error;
  const reason = `${error.name}: ${error.message}`.split("\n", 1).join("").replace(/\.$/, "");
  return new CustomPartError(
    `custom part ${file}`,
    `work that it started failed after its function had returned: ${reason} (${file}:${place}). Let its functions ` +
      "do all their work before they return.",
    { cause: error },
  );
}

/** Returns line and column of the innermost call in a file that is not of this program, and the file. */
function findCustomFrame(stack: string): [place: string, file: string] | [] {
  for (const [, url = "", place = ""] of stack.matchAll(/(file:\/\/\S+?):(\d+:\d+)\)?$/gm)) {
    const path = fileURLToPath(url.replace(/[?#].*$/, ""));
    const isOwn = path.startsWith(join(workspaceFolder, "packages", sep)) || path.includes("/node_modules/");
    if (!isOwn) return [place, relative(process.cwd(), path)];
  }
  return [];
}
