import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test, vi } from "vitest";
import { createRunOptions } from "../test/run-options.ts";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { RunDirectoryError } from "./errors.ts";
import { isLocked } from "./lock.ts";
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
    openRunDirectory(createRunOptions(folder)).close();
  } catch (error) {
    if (error instanceof RunDirectoryError) return error;
    throw error;
  }
  throw new Error("the directory was free");
}

test("a second process fails at once, with a message that names the holder and its start time", async () => {
  const folder = createTemporaryFolder();
  const { pid } = await holder(folder);
  expect(refusal(folder).code).toBe("locked");
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
  const folder = createTemporaryFolder();
  for (let round = 0; round < 3; round++) {
    const child = await holder(folder);
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const directory = openRunDirectory(createRunOptions(folder));
  expect(directory.records.size).toBe(0);
  directory.close();
});

test("a process cannot hold a folder twice, but can hold it again after closing it", () => {
  const folder = createTemporaryFolder();
  const directory = openRunDirectory(createRunOptions(folder));
  expect(refusal(folder).message).toContain(`process ${process.pid}`);
  expect(refusal(folder).code).toBe("locked"); // the failed attempt did not unlock it
  directory.close();
  openRunDirectory(createRunOptions(folder)).close();
});

test("isLocked is true while a process holds the folder, and false before, and after a close or kill", async () => {
  const folder = createTemporaryFolder();
  const run = join(folder, "0123456789ab");
  expect(isLocked(run)).toBe(false);
  const child = await holder(folder);
  expect(isLocked(run)).toBe(true);
  expect(isLocked(run)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(existsSync(join(run, "lock.json"))).toBe(true);
  expect(isLocked(run)).toBe(false);

  const directory = openRunDirectory(createRunOptions(folder));
  expect(isLocked(run)).toBe(true);
  directory.close();
  expect(isLocked(run)).toBe(false);
  expect(existsSync(join(run, "lock.json"))).toBe(false);
});

test("a folder whose lock file cannot be locked is not locked", () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "lock.json"), "{}");
  writeFileSync(
    join(folder, "lock"),
    "no database, but text that is longer than a header of SQLite".repeat(20),
  );
  expect(isLocked(folder)).toBe(false);
  rmSync(join(folder, "lock"));
  mkdirSync(join(folder, "lock"));
  expect(isLocked(folder)).toBe(false);
});

test("a directory closes and unlocks even if the file that names its holder is gone", () => {
  const folder = createTemporaryFolder();
  const directory = openRunDirectory(createRunOptions(folder));
  rmSync(join(directory.path, "lock.json"));
  directory.close();
  expect(isLocked(directory.path)).toBe(false);
  openRunDirectory(createRunOptions(folder)).close();
});

test.for(["null", '{"pid":1}', '{"started":"2026-05-04T13:37:00Z"}', '{"pid":1,"started":"x"}'])(
  "the message does without the holder if its file has %j in it",
  (content) => {
    const folder = createTemporaryFolder();
    const directory = openRunDirectory(createRunOptions(folder));
    onTestFinished(() => directory.close());
    writeFileSync(join(directory.path, "lock.json"), content);
    expect(refusal(folder).message).toContain(`in this folder: ${join(directory.path, "lock")}. Wait`);
  },
);

test("a lock file with other content is an error that says to delete it, and is not changed", () => {
  const folder = createTemporaryFolder();
  const run = join(folder, "0123456789ab");
  mkdirSync(run);
  const notes = "some notes of a person, longer than the header of a database".repeat(20);
  writeFileSync(join(run, "lock"), notes);
  expect(refusal(folder).code).toBe("file-system");
  expect(refusal(folder).message).toMatch(
    /^Cannot lock .*lock: .*\. Another program wrote to this file: delete it/,
  );
  expect(readFileSync(join(run, "lock"), "utf8")).toBe(notes);
});

test("a folder in place of the lock file is an error that says to delete it", () => {
  const folder = createTemporaryFolder();
  mkdirSync(join(folder, "0123456789ab", "lock"), { recursive: true });
  expect(refusal(folder).code).toBe("file-system");
  expect(refusal(folder).message).toMatch(
    /^Cannot lock .*lock: .*\. Expected a file, got a folder: delete it/,
  );
});

test("a full disk is an error that says what to delete, without the words of SQLite", () => {
  const full = Object.assign(new Error("database or disk is full"), { errcode: 13 });
  vi.spyOn(DatabaseSync.prototype, "exec").mockImplementation(() => {
    throw full;
  });
  onTestFinished(() => void vi.restoreAllMocks());
  const folder = createTemporaryFolder();
  expect(refusal(folder).message).toBe(
    `Cannot lock ${join(folder, "0123456789ab", "lock")}: no space is left on the disk. ` +
      "Delete files on this disk that you no longer need, such as the folders of old runs, or empty the trash, " +
      "then run the same command again.",
  );
});
