import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";

import { workspaceFolder } from "@nn/runner/environment";
import { removePasswords } from "@nn/runner/passwords";

/**
 * Changes the working directory to the folder in which the user called `pnpm run`. Relative paths then refer
 * to this folder. (pnpm runs scripts in the root of the workspace and stores the caller's folder in
 * INIT_CWD.)
 */
export function changeToCallerFolder(env: NodeJS.ProcessEnv): void {
  const caller = env["INIT_CWD"];
  if (caller !== undefined && existsSync(caller)) process.chdir(caller);
}

/**
 * Returns the shell command that repeats this command, without passwords. `argv` and `env` are those of the
 * process. `without` lists options to omit.
 */
export function formatRepeatCommand(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  without: readonly string[] = [],
): string {
  const own = argv.slice(2).filter((arg) => !without.includes(arg));
  return formatCommand(argv, env, own.map(removePasswords));
}

/**
 * Returns the shell command that starts the program with the arguments `own`. It uses the same launcher (pnpm
 * or node) as this process.
 */
export function formatCommand(
  [, program = "", script]: readonly string[],
  env: NodeJS.ProcessEnv,
  own: readonly string[],
): string {
  // pnpm sets its own name and the name of the package.json script in the environment.
  const pnpm = /^pnpm\/(\S+)/.exec(env["npm_config_user_agent"] ?? "")?.[1];
  if (pnpm !== undefined && env["npm_lifecycle_event"] === script) {
    const elsewhere = resolve(env["INIT_CWD"] ?? ".") === resolve(workspaceFolder) ? [] : ["-w"];
    // The command uses npx, as README.md does, because npx works with or without an installed pnpm.
    return ["npx", "-y", `pnpm@${pnpm}`, ...elsewhere, "run", ...own].map(quoteForShell).join(" ");
  }
  return ["node", relative(process.cwd(), program) || program, ...own].map(quoteForShell).join(" ");
}

/**
 * Quotes an argument for a POSIX shell, unless it needs no quotes. Control characters, which a terminal would
 * interpret, become escapes of `$'…'`.
 */
export function quoteForShell(arg: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  const controls = /[\u0000-\u001F\u007F-\u009F]/g;
  const escape = (character: string): string =>
    `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`;
  if (controls.test(arg))
    return `$'${arg.replaceAll(/[\\']/g, String.raw`\$&`).replaceAll(controls, escape)}'`;
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`;
}
