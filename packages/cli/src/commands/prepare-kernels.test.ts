import { expect, test } from "vitest";

import { createRecordedTerminal } from "../../test/support/recorded-terminal.ts";
import { reportError } from "../terminal/report-error.ts";
import { prepareKernels } from "./prepare-kernels.ts";

async function getMessage(error: Error): Promise<string> {
  const screen = createRecordedTerminal();
  const refusing = (onCompile?: () => void): Promise<void> => {
    onCompile?.();
    return Promise.reject(error);
  };
  const thrown = await prepareKernels(screen, refusing).catch((reason: unknown) => reason);
  expect(reportError(thrown, screen, {})).toBe(1);
  return screen.recorded.err;
}

test("if the kernels cannot be written, the message states where, why, and who can help", async () => {
  const denied = Object.assign(new Error("EACCES: permission denied, mkdir '/x/dist'"), { code: "EACCES" });
  expect(await getMessage(denied)).toMatch(
    new RegExp(
      /^Compiling the kernels \(only once\)\.\nerror: Cannot write \S*kernels\/dist: permission denied /
        .source + /\(EACCES\)\. The kernels .* run "pnpm run build"\.\n$/.source,
    ),
  );
  expect(await getMessage(new Error("it does not compile", { cause: denied }))).toContain("(EACCES)");
});

test("kernels that do not compile are a bug in the program", async () => {
  expect(await getMessage(new Error("it does not compile"))).toContain("This is a bug in the program.");
});
