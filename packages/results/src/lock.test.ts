import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { optionsFor } from "../test/run-options.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { RunDirectoryError } from "./errors.ts";
import { openRunDirectory } from "./run-directory.ts";

const program = fileURLToPath(new URL("../test/hold-run-directory.ts", import.meta.url));

function start(folder: string): ChildProcess {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** Starts a process that holds the run directory. */
async function holder(folder: string): Promise<ChildProcess> {
  const child = start(folder);
  const [said] = await once(child.stdout!, "data");
  expect(String(said)).toMatch(/^open /);
  return child;
}

function refusal(folder: string): RunDirectoryError {
  try {
    openRunDirectory(optionsFor(folder)).close();
  } catch (error) {
    if (error instanceof RunDirectoryError) return error;
    throw error;
  }
  throw new Error("the directory was free");
}

test("a second process fails at once, with a message that names the holder and its start time", async () => {
  const folder = temporaryFolder();
  const { pid } = await holder(folder);
  expect(refusal(folder).problem).toBe("locked");
  expect(refusal(folder).message).toMatch(
    new RegExp(
      `^Another run is in progress in this folder \\(process ${pid}, started 20\\d\\d-\\d\\d-\\d\\d ` +
        "\\d\\d:\\d\\d\\): .*Wait until it ends",
    ),
  );

  const third = start(folder);
  const [output, warnings] = await Promise.all([text(third.stdout!), text(third.stderr!)]);
  expect(output).toContain(`locked: Another run is in progress in this folder (process ${pid}`);
  expect(warnings).toBe("");
});

test("kill -9 unlocks the folder: there is no stale lock", async () => {
  const folder = temporaryFolder();
  for (let round = 0; round < 3; round++) {
    const child = await holder(folder);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const directory = openRunDirectory(optionsFor(folder));
  expect(directory.records.size).toBe(0);
  directory.close();
});

test("a process cannot hold a folder twice, but can hold it again after closing it", () => {
  const folder = temporaryFolder();
  const directory = openRunDirectory(optionsFor(folder));
  expect(refusal(folder).message).toContain(`process ${process.pid}`);
  expect(refusal(folder).problem).toBe("locked"); // the failed attempt did not unlock it
  directory.close();
  openRunDirectory(optionsFor(folder)).close();
});
