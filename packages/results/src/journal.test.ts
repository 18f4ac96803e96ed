import fs, {
  appendFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { generateJournalEvents } from "../test/arbitraries.ts";
import { createTemporaryFolder } from "../test/temporary-folder.ts";
import { WatchedDisk } from "../test/watched-disk.ts";
import { RunDirectoryError } from "./errors.ts";
import { formatEvent } from "./event-lines.ts";
import type { JournalEvent } from "./events.ts";
import { Journal, readJournal } from "./journal.ts";
import { collectTrialRecords } from "./records.ts";

const run: JournalEvent = { event: "run", format: 1, fingerprint: "abc", name: "x" };
const started: JournalEvent = { event: "trial-started", trial: 1, seed: 1, parameters: {}, worker: 1 };

test("a journal truncated after any byte opens, has a prefix of the events, and accepts new ones", () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const cut = generateJournalEvents(["a.b"]).chain((events) => {
    const bytes = Buffer.from(events.map((event) => `${formatEvent(event)}\n`).join(""));
    return fc.record({
      events: fc.constant(events),
      bytes: fc.constant(bytes),
      length: fc.nat(bytes.length),
    });
  });
  fc.assert(
    fc.property(cut, ({ events, bytes, length }) => {
      writeFileSync(path, bytes.subarray(0, length));
      const journal = new Journal(path);
      const whole = bytes.subarray(0, length).filter((byte) => byte === 0x0a).length;
      expect(journal.events).toEqual(events.slice(0, whole));
      expect(() => collectTrialRecords(journal.events)).not.toThrow();
      journal.append(whole === 0 ? run : started);
      journal.close();
      expect(readJournal(path).events).toEqual([...events.slice(0, whole), whole === 0 ? run : started]);
    }),
    { numRuns: 100 },
  );
});

test("zeros or half a character at the end, from a power failure, are dropped", () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const whole = `${formatEvent(run)}\n${formatEvent(started)}\n`;
  for (const tail of [Buffer.alloc(4096), Buffer.from("é").subarray(0, 1), Buffer.from(`{"event":"epo`)]) {
    writeFileSync(path, whole);
    appendFileSync(path, tail);
    const journal = new Journal(path);
    journal.close();
    expect(journal.events).toEqual([run, started]);
    expect(readFileSync(path, "utf8")).toBe(whole);
  }
});

test("if an incomplete line cannot be removed from a full disk, no line follows it", () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const journal = new Journal(path);
  journal.append(run);
  const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
  // On a file system that copies on write, shortening a file also needs space.
  vi.spyOn(fs, "writeFileSync").mockImplementationOnce((file, line) => {
    if (typeof file === "number" && line instanceof Uint8Array) writeSync(file, line.subarray(0, 9));
    throw full;
  });
  vi.spyOn(fs, "ftruncateSync").mockImplementationOnce(() => {
    throw full;
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    vi.restoreAllMocks();
    syncBuiltinESMExports();
  });
  const message = `Cannot write ${path}: no space is left on the disk (ENOSPC).`;
  expect(() => journal.append(started)).toThrow(message);
  expect(() => journal.append(started)).toThrow(message);
  journal.close();
  expect(readJournal(path).events).toEqual([run]);
});

test.for([
  ["not JSON", Buffer.from("{oops}\n"), "expected one JSON object, got {oops}"],
  ["not text", Buffer.from([0x22, 0xff, 0xfe, 0x0a]), "expected UTF-8 text"],
  ["an empty line", Buffer.from("\n"), "expected one JSON object, got "],
  [
    "a second run",
    Buffer.from(`${formatEvent(run)}\n`),
    `expected "run" only as the first event of a journal`,
  ],
] as const)(
  "damage in the middle, %s, is an error with file and line, and changes nothing",
  ([, line, message]) => {
    const path = join(createTemporaryFolder(), "journal.jsonl");
    const content = Buffer.concat([
      Buffer.from(`${formatEvent(run)}\n`),
      line,
      Buffer.from(`${formatEvent(started)}\n{"torn`),
    ]);
    writeFileSync(path, content);
    expect(() => new Journal(path)).toThrow(
      `${path}, line 2: ${message}. The journal is damaged. Delete this line and all lines after it`,
    );
    expect(readFileSync(path)).toEqual(content);
  },
);

test("a journal that does not begin with its run is damaged in line 1", () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  writeFileSync(path, `${formatEvent(started)}\n`);
  expect(() => new Journal(path)).toThrow(`line 1: expected a "run" event`);
});

test("every call of synced settles, and a journal can be closed at any time", async () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const journal = new Journal(path);
  await journal.synced();
  journal.append(run);
  const first = journal.synced();
  journal.append(started);
  const second = journal.synced();
  expect(journal.synced()).toBe(second);
  await Promise.all([first, second]);
  journal.append(started);
  const third = journal.synced();
  journal.close();
  await third;
  expect(readJournal(path).events).toEqual([run, started, started]);
});

test("a journal that was moved, deleted, replaced or changed during the run takes no more events", () => {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const moved = `${path}.bak`;
  const cases: [change: () => void, what: string][] = [
    [() => renameSync(path, moved), "was moved or deleted while this run was in progress"],
    [() => rmSync(path), "was moved or deleted"],
    [() => (renameSync(path, moved), cpSync(moved, path)), "was replaced"],
    [
      () => appendFileSync(path, "garbage\n"),
      "was changed by another program while this run was in progress",
    ],
    [() => writeFileSync(path, ""), "was changed by another program"],
  ];
  for (const [change, what] of cases) {
    const journal = new Journal(path);
    journal.append(run);
    change();
    expect(() => journal.append(started)).toThrow(`${path} ${what}`);
    expect(() => journal.append(started)).toThrow(RunDirectoryError);
    journal.close();
    rmSync(path, { force: true });

    const last = new Journal(path);
    last.append(run);
    change();
    expect(() => last.close()).toThrow(`${path} ${what}`);
    rmSync(path, { force: true });
  }
  expect(readJournal(moved).events).toEqual([run]);
});

/** Creates a journal whose disk records the number of lines in the file at each sync. */
function watchedJournal(failures = 0) {
  const path = join(createTemporaryFolder(), "journal.jsonl");
  const disk = new WatchedDisk(() => readJournal(path).events.length, 0);
  const journal = new Journal(path, disk);
  // The sync of the new name in the folder. Windows does not need it.
  expect(disk.seen.splice(0)).toEqual(process.platform === "win32" ? [] : [0]);
  disk.failures = failures;
  return { path, journal, disk };
}

test("synced syncs new lines, and does not sync again without new lines", async () => {
  const { path, journal, disk } = watchedJournal();
  journal.append(run);
  expect(disk.seen).toEqual([]);
  await journal.synced();
  expect(disk.seen).toEqual([1]);
  await journal.synced();
  expect(disk.seen).toEqual([1]);
  journal.append(started);
  journal.close();
  expect(disk.seen).toEqual([1, 2]);

  // The process that wrote them may have been killed before they were on the disk.
  const again = new Journal(path, disk);
  await again.synced();
  again.close();
  expect(disk.seen).toEqual([1, 2, 2]);
});

test("lines that are appended during a sync are synced together after it", async () => {
  const { journal, disk } = watchedJournal();
  journal.append(run);
  const first = journal.synced();
  journal.append(started);
  const second = journal.synced();
  await first;
  await second;
  expect(disk.seen.at(-1)).toBe(2);
  expect(disk.seen.length).toBeLessThanOrEqual(2);
  journal.close();
});

test("after a failed sync, every later one fails", async () => {
  const { path, journal, disk } = watchedJournal(1);
  journal.append(run);
  const refusal = `Cannot write ${path}: the disk reports an error (EIO)`;
  await expect(journal.synced()).rejects.toThrow(refusal);
  // The disk would report success now.
  await expect(journal.synced()).rejects.toThrow(refusal);
  expect(() => journal.append(started)).toThrow(refusal);
  expect(() => journal.append(started)).toThrow(RunDirectoryError);
  journal.close();
  expect(disk.seen).toEqual([1]);
  expect(readJournal(path).events).toEqual([run]);
});

test("closing a journal throws if the sync of its last lines fails", () => {
  const { path, journal, disk } = watchedJournal(1);
  journal.append(run);
  expect(() => journal.close()).toThrow(`Cannot write ${path}: the disk reports an error (EIO)`);
  expect(disk.seen).toEqual([1]);
});
