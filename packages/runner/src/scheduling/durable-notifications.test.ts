import { expect, test } from "vitest";

import { DurableNotifications } from "./durable-notifications.ts";

/** A disk that confirms each write only when `answer` is called. */
class SlowDisk {
  readonly #questions: PromiseWithResolvers<void>[] = [];

  synced(): Promise<void> {
    const question = Promise.withResolvers<void>();
    this.#questions.push(question);
    return question.promise;
  }

  async answer(index: number): Promise<void> {
    this.#questions[index]!.resolve();
    await new Promise(setImmediate);
  }

  refuse(index: number): void {
    this.#questions[index]!.reject(new Error("the disk is full"));
  }
}

test("notifications are delivered in order, each after its event is on the disk", async () => {
  const disk = new SlowDisk();
  const announcements = new DurableNotifications(disk);
  const told: string[] = [];
  announcements.add(() => told.push("first"));
  announcements.add(() => told.push("second"));
  await disk.answer(1);
  expect(told).toEqual([]);
  await disk.answer(0);
  expect(told).toEqual(["first", "second"]);
  await announcements.delivered();
});

test("after a failed write, neither its notification nor any later one is delivered", async () => {
  const disk = new SlowDisk();
  const announcements = new DurableNotifications(disk);
  const told: string[] = [];
  announcements.add(() => told.push("first"));
  announcements.add(() => told.push("second"));
  disk.refuse(0);
  await disk.answer(1);
  await expect(announcements.delivered()).rejects.toThrow("the disk is full");
  expect(told).toEqual([]);
});
