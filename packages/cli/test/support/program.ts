import { fork, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";

import type { ProgramResult, ProgramCommand } from "./program-process.ts";

/** The path of the program. */
export const cliPath = fileURLToPath(new URL("../../src/cli.js", import.meta.url));
const programProcess = fileURLToPath(new URL("./program-process.ts", import.meta.url));

/** The exit code and the output of a command. */
export interface Outcome {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** Environment variables of pnpm and of the terminal, which would change the output. */
export const unsetVariables = {
  INIT_CWD: undefined,
  npm_config_user_agent: undefined,
  FORCE_COLOR: undefined,
  NN_DEBUG: undefined,
};

let running: Promise<ChildProcess> | undefined;
let last: Promise<unknown> = Promise.resolve();
let commands = 0;

/**
 * Runs the program with these arguments in the folder `cwd`, in a reused process, because starting a process
 * takes longer than most commands. For tests of signals or of the end of a process, start a new process.
 */
export async function runProgram(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const id = (commands += 1);
  const command = {
    id,
    argv: [cliPath, ...args],
    cwd,
    env: defined({ ...process.env, ...unsetVariables, ...env }),
  };
  // Runs one command at a time, because a process has one working directory.
  const outcome = last.then(() => send(command));
  last = outcome.catch(() => {});
  return outcome;
}

async function send(command: ProgramCommand): Promise<Outcome> {
  const child = await (running ??= startProcess());
  return new Promise((resolve) => {
    let err = "";
    const onError = (text: Buffer): void => {
      err += text.toString();
    };
    const onExit = (code: number | null): void => {
      running = undefined;
      resolve({ code: code ?? undefined, out: "", err });
    };
    const onMessage = (answer: ProgramResult): void => {
      if (answer.id !== command.id) return;
      child.off("exit", onExit).off("message", onMessage).stderr!.off("data", onError);
      resolve({ code: answer.code, out: withoutEnd(answer.out), err: withoutEnd(answer.err) });
    };
    child.on("exit", onExit).on("message", onMessage).stderr!.on("data", onError);
    child.send(command);
  });
}

function startProcess(): Promise<ChildProcess> {
  const child = fork(programProcess, { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  // The process of the tests does not wait for the child, which exits with it.
  child.unref();
  child.channel?.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
  return new Promise((resolve, reject) => {
    child.once("message", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the program does not start: exit code ${code}`)));
  });
}

function defined(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}

/** Removes the last line end, like execa. */
function withoutEnd(text: string): string {
  return text.replace(/\n$/, "");
}
