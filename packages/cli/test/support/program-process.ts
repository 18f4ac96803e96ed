import { useCompileCache } from "@nn/runner/compile-cache";

import { getProgramUrl } from "../../src/start/program-url.ts";

// Runs the program of `src/cli.js` several times in one process, one command after the other. `program.ts`
// starts it.

export interface ProgramCommand {
  readonly id: number;
  /** The part of `process.argv` that begins with the path of the program. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

export interface ProgramResult {
  readonly id: number;
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

useCompileCache();
process.setSourceMapsEnabled(true);
const { main }: typeof import("../../src/program.ts") = await import(await getProgramUrl());

// Each command adds listeners, which are never removed.
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0);

process.on("disconnect", () => process.exit());
process.on("message", (command: ProgramCommand) => {
  void answer(command);
});
process.send!("ready");

async function answer({ id, argv, cwd, env }: ProgramCommand): Promise<void> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.argv = [process.argv[0]!, ...argv];
  process.exitCode = undefined;
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    const write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
      written[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      const done = rest.at(-1);
      if (typeof done === "function") process.nextTick(() => done());
      return true;
    };
    process[name].write = write;
  }
  await main();
  process.send!({ id, code: exitCode(), out: written.stdout, err: written.stderr } satisfies ProgramResult);
}

function exitCode(): number {
  return Number(process.exitCode ?? 0);
}
