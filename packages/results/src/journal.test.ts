import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { journalEvents } from "../test/arbitraries.ts";
import { temporaryFolder } from "../test/temporary-folder.ts";
import { formatEvent } from "./event-lines.ts";
import type { JournalEvent } from "./events.ts";
import { Journal, readJournal } from "./journal.ts";
import { trialsOf } from "./records.ts";

const run: JournalEvent = { event: "run", format: 1, fingerprint: "abc", name: "x" };
const started: JournalEvent = { event: "trial-started", trial: 1, seed: 1, parameters: {}, worker: 1 };

test("a journal cut off after any byte opens, has a prefix of the events, and takes new ones", () => {
  const path = join(temporaryFolder(), "journal.jsonl");
  const cut = journalEvents(["a.b"]).chain((events) => {
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
      expect(() => trialsOf(journal.events)).not.toThrow();
      journal.append(whole === 0 ? run : started);
      journal.close();
      expect(readJournal(path).events).toEqual([...events.slice(0, whole), whole === 0 ? run : started]);
    }),
    { numRuns: 100 },
  );
});

test("what a power cut leaves at the end, zeros or half a character, is dropped", () => {
  const path = join(temporaryFolder(), "journal.jsonl");
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

test.for([
  ["not JSON", Buffer.from("{oops}\n"), "expected one JSON object, got {oops}"],
  ["not text", Buffer.from([0x22, 0xff, 0xfe, 0x0a]), "expected UTF-8 text"],
  ["an empty line", Buffer.from("\n"), "expected one JSON object, got "],
  [
    "a second run",
    Buffer.from(`${formatEvent(run)}\n`),
    `"run" is the first event of a journal and comes once`,
  ],
] as const)(
  "damage in the middle, %s, is an error with file and line, and changes nothing",
  ([, line, message]) => {
    const path = join(temporaryFolder(), "journal.jsonl");
    const content = Buffer.concat([
      Buffer.from(`${formatEvent(run)}\n`),
      line,
      Buffer.from(`${formatEvent(started)}\n{"torn`),
    ]);
    writeFileSync(path, content);
    expect(() => new Journal(path)).toThrow(
      `${path}, line 2: ${message}. The journal is damaged. Delete that line and the ones after it`,
    );
    expect(readFileSync(path)).toEqual(content);
  },
);

test("a journal that does not begin with its run is damaged in line 1", () => {
  const path = join(temporaryFolder(), "journal.jsonl");
  writeFileSync(path, `${formatEvent(started)}\n`);
  expect(() => new Journal(path)).toThrow(`line 1: expected the "run" event`);
});

test("whoever asks while the disk is at work is answered, and a journal may be closed at any time", async () => {
  const path = join(temporaryFolder(), "journal.jsonl");
  const journal = new Journal(path);
  await journal.confirmed();
  journal.append(run);
  const first = journal.confirmed();
  journal.append(started);
  const second = journal.confirmed();
  expect(journal.confirmed()).toBe(second);
  await Promise.all([first, second]);
  journal.append(started);
  const third = journal.confirmed();
  journal.close();
  await third;
  expect(readJournal(path).events).toEqual([run, started, started]);
});
