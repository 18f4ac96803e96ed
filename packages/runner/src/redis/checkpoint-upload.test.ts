import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CHECKPOINT_FILE } from "@nn/training";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";

import { CheckpointUpload } from "./checkpoint-upload.ts";
import { EXPIRY_SECONDS, redisChannels, redisKeys } from "./keys.ts";

const job = { run: "0123456789ab", trial: 3, until: 5 };
const hold = { job, ticket: "ticket", lease: "lease" };
const place = (epoch: number, seen: number) => ({ kind: "checkpoint", epoch, seen }) as const;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** An upload from its own folder to a fake of the server. */
class Fixture {
  readonly folder = mkdtempSync(join(tmpdir(), "nn-upload-"));
  /** The commands that the server has received, and the calls of the listeners. */
  readonly events: string[] = [];
  readonly upload: CheckpointUpload;
  /** Whether the job belongs to this worker. */
  isOurs = true;
  /** The error of `set`, if it fails. */
  error: Error | undefined;

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    const redis = new Redis({ lazyConnect: true });
    vi.spyOn(redis, "set").mockImplementation(async (...args: readonly unknown[]) => {
      this.events.push(`set ${args.map(String).join(" ")}`);
      if (this.error !== undefined) throw this.error;
      return "OK";
    });
    vi.spyOn(redis, "eval").mockImplementation(async (_script: unknown, ...args: readonly unknown[]) => {
      this.events.push(`report ${args.slice(3).map(String).join(" ")}`);
      return this.isOurs ? 1 : 0;
    });
    vi.spyOn(redis, "del").mockImplementation(async (...args: readonly unknown[]) => {
      this.events.push(`delete ${args.map(String).join(" ")}`);
      return 1;
    });
    this.upload = new CheckpointUpload(
      redis,
      hold,
      this.folder,
      "stored",
      () => void this.events.push("lost"),
      (error) => void this.events.push(`refused: ${String(error)}`),
    );
  }

  /** Writes a checkpoint, and schedules its upload. */
  add(bytes: string, epoch: number, seen: number): void {
    writeFileSync(join(this.folder, CHECKPOINT_FILE), bytes);
    this.upload.add(place(epoch, seen));
  }

  /** Returns the events so far, and forgets them. */
  take(): string[] {
    return this.events.splice(0);
  }
}

const set = (bytes: string, name: string): string =>
  `set ${redisKeys.checkpoint(job, name)} ${bytes} EX ${EXPIRY_SECONDS}`;
const report = (epoch: number, seen: number, name: string): string =>
  `report ticket lease ${JSON.stringify(place(epoch, seen))} ${redisChannels.reports(job.run)} ` +
  `${EXPIRY_SECONDS} ${epoch} ${seen} checkpoint ${name}`;
const remove = (name: string): string => `delete ${redisKeys.checkpoint(job, name)}`;
/** The events of an upload that replaces the checkpoint `before`. */
const uploaded = (bytes: string, [epoch, seen]: [number, number], name: string, before: string): string[] => [
  set(bytes, name),
  report(epoch, seen, name),
  remove(before),
];

test("checkpoints are uploaded 200 ms after the first that waits, only the latest one", async () => {
  const run = new Fixture();
  run.add("a", 1, 0);
  await vi.advanceTimersByTimeAsync(150);
  run.add("b", 1, 7);
  await vi.advanceTimersByTimeAsync(49);
  expect(run.take()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(run.take()).toEqual(uploaded("b", [1, 7], "lease.1", "stored"));
  await vi.advanceTimersByTimeAsync(1000);
  expect(run.take()).toEqual([]);
  run.add("c", 2, 0);
  await vi.advanceTimersByTimeAsync(200);
  expect(run.take()).toEqual(uploaded("c", [2, 0], "lease.2", "lease.1"));
});

test("a flush uploads at once, and cancels the scheduled upload", async () => {
  const run = new Fixture();
  run.add("a", 1, 0);
  await run.upload.flush();
  expect(run.take()).toEqual(uploaded("a", [1, 0], "lease.1", "stored"));
  expect(vi.getTimerCount()).toBe(0);
  await run.upload.flush();
  expect(run.take()).toEqual([]);
});

test("a cancelled upload happens only in a later flush", async () => {
  const run = new Fixture();
  run.add("", 0, 7);
  run.add("a", 1, 0);
  run.upload.drop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(run.take()).toEqual([]);
  await run.upload.flush();
  expect(run.take()).toEqual(uploaded("a", [1, 0], "lease.1", "stored"));
});

test("after a cancelled upload, the next one is scheduled as usual", async () => {
  const run = new Fixture();
  run.add("a", 1, 0);
  run.upload.drop();
  run.add("b", 2, 0);
  await vi.advanceTimersByTimeAsync(200);
  expect(run.take()).toEqual(uploaded("b", [2, 0], "lease.1", "stored"));
});

test("uploads follow one after the other", async () => {
  const run = new Fixture();
  run.add("a", 1, 0);
  const first = run.upload.flush();
  run.upload.add(place(2, 0));
  await Promise.all([first, run.upload.flush()]);
  // The first flush has not started when the second checkpoint is added, so it uploads that one.
  expect(run.take()).toEqual(uploaded("a", [2, 0], "lease.1", "stored"));
  run.add("b", 3, 0);
  const third = run.upload.flush();
  await Promise.resolve();
  run.add("c", 4, 0);
  await Promise.all([third, run.upload.flush()]);
  expect(run.take()).toEqual([
    ...uploaded("b", [3, 0], "lease.2", "lease.1"),
    ...uploaded("c", [4, 0], "lease.3", "lease.2"),
  ]);
});

test("if the job belongs to another worker, the upload is deleted, and the stored checkpoint stays", async () => {
  const run = new Fixture();
  run.isOurs = false;
  run.add("a", 1, 0);
  await run.upload.flush();
  expect(run.take()).toEqual([set("a", "lease.1"), report(1, 0, "lease.1"), remove("lease.1"), "lost"]);
  run.isOurs = true;
  run.add("b", 2, 0);
  await run.upload.flush();
  expect(run.take()).toEqual(uploaded("b", [2, 0], "lease.2", "stored"));
});

test("without a checkpoint in the folder, nothing is uploaded", async () => {
  const run = new Fixture();
  run.upload.add(place(1, 0));
  await run.upload.flush();
  expect(run.take()).toEqual([]);
  // The first upload has the first name.
  run.add("a", 2, 0);
  await run.upload.flush();
  expect(run.take()).toEqual(uploaded("a", [2, 0], "lease.1", "stored"));
});

test("a scheduled upload that fails is reported once, and nothing is deleted", async () => {
  const run = new Fixture();
  run.error = new Error("out of memory");
  run.add("a", 1, 0);
  await vi.advanceTimersByTimeAsync(200);
  expect(run.take()).toEqual([set("a", "lease.1"), "refused: Error: out of memory"]);
});

test("a flush that fails rejects", async () => {
  const run = new Fixture();
  run.error = new Error("out of memory");
  run.add("a", 1, 0);
  await expect(run.upload.flush()).rejects.toThrow("out of memory");
  expect(run.take()).toEqual([set("a", "lease.1")]);
});
