import { spawnSync } from "node:child_process";

/** Milliseconds that Node may take to look for a mistake in a file. */
const PATIENCE = 5000;

/** What Node prints of a file that is no JavaScript or TypeScript; nothing for one that is. */
export function syntaxReport(file: string): string {
  const { stderr } = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", timeout: PATIENCE });
  return stderr;
}
