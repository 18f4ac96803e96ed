import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createRunOptions } from "../test/run-options.ts";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { readJournal } from "./journal.ts";
import { readResults } from "./tables/read-results.ts";
import { openRunDirectory } from "./run-directory.ts";
import { readSafetensors } from "./safetensors/safetensors.ts";

const program = fileURLToPath(new URL("../test/fill-disk.ts", import.meta.url));

// A limit on the file size interrupts a write like a full disk, and needs no privileges.
const withSmallFiles = `trap "" XFSZ; ulimit -f 16; exec "$0" "$@"`;

test.skipIf(process.platform === "win32")(
  "after a full disk, confirmed records are kept, no file is incomplete, and the same run can be resumed",
  () => {
    const folder = createTemporaryFolder();
    const child = spawnSync("sh", ["-c", withSmallFiles, process.execPath, program, folder], {
      encoding: "utf8",
    });
    expect(child.stderr).toBe("");
    const { confirmed, records, message }: { confirmed: number; records: number; message: string } =
      JSON.parse(child.stdout);
    expect(records).toBe(confirmed);
    const path = join(folder, "0123456789ab");
    expect(message).toBe(
      `Cannot write ${join(path, "journal.jsonl")}: the file would exceed the largest size allowed here (EFBIG). ` +
        "Recorded results are kept. Raise the limit (ulimit -f), then run the same command again " +
        "to resume.",
    );

    const journal = join(path, "journal.jsonl");
    expect(confirmed).toBeGreaterThan(10);
    expect(confirmed).toBeLessThan(1000);
    expect(readJournal(journal).events).toHaveLength(1 + confirmed);
    expect(readFileSync(journal, "utf8").endsWith("\n")).toBe(true);
    expect(readResults(join(path, "results.csv")).rows).toEqual([]);
    expect(readdirSync(path).filter((name) => name.endsWith(".tmp"))).toEqual([]);

    const directory = openRunDirectory(createRunOptions(folder));
    expect(directory.records.size).toBe(confirmed);
    directory.append({ event: "trial-started", trial: 1000, seed: 1, parameters: {}, worker: 1 });
    directory.close();
    expect(readJournal(journal).events).toHaveLength(2 + confirmed);
  },
);

test.skipIf(process.platform === "win32")("if a file does not fit, the old one stays complete", () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "model.safetensors");
  const script = `
    import { writeSafetensors } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const tensor = (length) => ({ shape: [length], data: new Float32Array(length).fill(length) });
    const save = (length) => writeSafetensors(${JSON.stringify(path)}, [["x", tensor(length)]]);
    save(10);
    try { save(1e6); } catch (error) { console.log(error.message); }`;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  const child = spawnSync("sh", ["-c", withSmallFiles, ...node], { encoding: "utf8" });
  expect(child.stderr).toBe("");
  expect(child.stdout).toContain(
    `Cannot write ${path}: the file would exceed the largest size allowed here (EFBIG)`,
  );
  expect(readdirSync(folder)).toEqual(["model.safetensors"]);
  expect(readSafetensors(path).tensors.get("x")).toEqual({
    shape: [10],
    data: new Float32Array(10).fill(10),
  });
});
