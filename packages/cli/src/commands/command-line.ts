import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";

import { workspaceFolder } from "@nn/runner/environment";
import { withoutPasswords } from "@nn/runner/passwords";

/**
 * `pnpm run` works in the root of the workspace, wherever it was called from, and leaves the caller's folder
 * in INIT_CWD: going back there makes relative paths mean what the person who wrote them sees.
 */
export function goToCaller(env: NodeJS.ProcessEnv): void {
  const caller = env["INIT_CWD"];
  if (caller !== undefined && existsSync(caller)) process.chdir(caller);
}

/**
 * The command that runs this one again, as a person can type it.
 * `argv` and `env` are the process's own; the options in `without` are left out.
 */
export function repeatedCommand(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  without: readonly string[] = [],
): string {
  const own = argv.slice(2).filter((arg) => !without.includes(arg));
  return commandLike(argv, env, own.map(withoutPasswords));
}

/**
 * The command that starts the program with `own` as its arguments, in the way that this process was started.
 */
export function commandLike(
  [, program = "", script]: readonly string[],
  env: NodeJS.ProcessEnv,
  own: readonly string[],
): string {
  // pnpm says who it is, and which script of package.json it runs.
  const pnpm = /^pnpm\/(\S+)/.exec(env["npm_config_user_agent"] ?? "")?.[1];
  if (pnpm !== undefined && env["npm_lifecycle_event"] === script) {
    const elsewhere = resolve(env["INIT_CWD"] ?? ".") === resolve(workspaceFolder) ? [] : ["-w"];
    // By npx, as README.md has it: it works with pnpm installed and without.
    return ["npx", "-y", `pnpm@${pnpm}`, ...elsewhere, "run", ...own].map(quoted).join(" ");
  }
  return ["node", relative(process.cwd(), program) || program, ...own].map(quoted).join(" ");
}

/** As a POSIX shell reads it back. */
function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
