import fc from "fast-check";
import { expect, test } from "vitest";
import { generateJournalEvents, sweptPath } from "../test/arbitraries.ts";
import { formatEvent, parseEvent } from "./event-lines.ts";
import type { EpochEvent, JournalEvent } from "./events.ts";

test("an event reads back as written, including numbers that are not finite", () => {
  const events = fc.uniqueArray(sweptPath, { maxLength: 3 }).chain(generateJournalEvents);
  fc.assert(
    fc.property(events, (written) => {
      for (const event of written) expect(parseEvent(formatEvent(event))).toEqual(event);
    }),
  );
});

test("the names of classes read back, and are absent if none were written", () => {
  const data: JournalEvent = { event: "data", name: "mnist", source: "a folder", sha256: "ab" };
  for (const each of [data, { ...data, classes: [] }, { ...data, classes: ["zero", "one"] }])
    expect(parseEvent(formatEvent(each))).toStrictEqual(each);
});

test("an event is one line of plain JSON", () => {
  const event: EpochEvent = {
    event: "epoch",
    trial: 2,
    epoch: 1,
    train: { loss: NaN, accuracy: 0.1 },
    validation: { loss: -Infinity, accuracy: 1 },
    seconds: 0.25,
    imagesPerSecond: Infinity,
  };
  expect(formatEvent(event)).toBe(
    `{"event":"epoch","trial":2,"epoch":1,"train":{"loss":"NaN","accuracy":0.1},` +
      `"validation":{"loss":"-Infinity","accuracy":1},"seconds":0.25,"imagesPerSecond":"Infinity"}`,
  );
});

test.for([
  ["", "expected one JSON object, got "],
  ["[1]", "expected the line to be a map, got [1]"],
  [
    "{}",
    `expected event "run", "data", "trial-started", "epoch", "trial-ended" or "sweep-ended", got nothing`,
  ],
  [
    `{"event":"__proto__"}`,
    `expected event "run", "data", "trial-started", "epoch", "trial-ended" or "sweep-ended", got __proto__`,
  ],
  [
    `{"event":"run","format":2,"fingerprint":"a","name":"b"}`,
    "expected format 1, got 2: another version of this program wrote it",
  ],
  [`{"event":"run","format":1,"name":"b"}`, "expected fingerprint to be text, got nothing"],
  [
    `{"event":"trial-started","trial":0,"seed":1,"parameters":{},"worker":1}`,
    "expected trial to be a whole number of at least 1, got 0",
  ],
  [
    `{"event":"trial-started","trial":1,"seed":1,"parameters":{"a":[1]},"worker":1}`,
    "expected parameters.a to be a number, text, true, false, null or a map, got [1]",
  ],
  [
    `{"event":"trial-started","trial":1,"seed":1,"parameters":{},"worker":null}`,
    "expected worker to be a number, got null",
  ],
  [
    `{"event":"data","name":"mnist","source":"a folder","sha256":"ab","classes":["zero",1]}`,
    `expected "classes" to be a list of names, got ["zero",1]`,
  ],
  [
    `{"event":"data","name":"mnist","source":"a folder","sha256":"ab","classes":"zero"}`,
    `expected "classes" to be a list of names, got zero`,
  ],
  [
    `{"event":"epoch","trial":1,"epoch":1.5,"train":{"loss":1,"accuracy":1},"seconds":1,"imagesPerSecond":1}`,
    "expected epoch to be a whole number of at least 1, got 1.5",
  ],
  [
    `{"event":"epoch","trial":1,"epoch":1,"train":{"loss":"nan","accuracy":1},"seconds":1,"imagesPerSecond":1}`,
    "expected loss to be a number, got nan",
  ],
  [
    `{"event":"epoch","trial":1,"epoch":1,"train":null,"seconds":1,"imagesPerSecond":1}`,
    "expected train to be a map, got null",
  ],
  [
    `{"event":"trial-ended","trial":1,"status":"running","epochs":1,"seconds":1}`,
    "expected status completed, diverged, pruned, failed, got running",
  ],
] as const)("%s is not an event: %s", ([line, message]) => {
  expect(() => parseEvent(line)).toThrow(message);
});

const size = { parameters: 0, multiplyAdds: 0 };
const minimal: readonly JournalEvent[] = [
  {
    event: "trial-started",
    trial: 1,
    seed: 0,
    parameters: {},
    parent: 1,
    worker: 0,
    after: 0,
    planned: 0,
    network: size,
  },
  { event: "epoch", trial: 1, epoch: 1, train: { loss: 0, accuracy: 0 }, seconds: 0, imagesPerSecond: 0 },
  { event: "trial-ended", trial: 1, status: "failed", epochs: 0, bestEpoch: 1, seconds: 0 },
  { event: "sweep-ended", after: 1, reason: "" },
];

test("trials and epochs are numbered from 1, and all other counts start at 0", () => {
  const counts = new Set(["trial", "seed", "parent", "after", "planned", "epoch", "epochs", "bestEpoch"]);
  for (const event of minimal) {
    expect(parseEvent(formatEvent(event))).toEqual(event);
    for (const [key, value] of Object.entries(event).filter(([name]) => counts.has(name))) {
      const line = JSON.stringify({ ...event, [key]: Number(value) - 1 });
      expect(() => parseEvent(line)).toThrow(
        `expected ${key} to be a whole number of at least ${value}, got`,
      );
    }
  }
  for (const key of Object.keys(size)) {
    const line = JSON.stringify({ ...minimal[0], network: { ...size, [key]: -1 } });
    expect(() => parseEvent(line)).toThrow(`expected ${key} to be a whole number of at least 0, got -1`);
  }
});

test("a message shows at most the first 60 characters of a line", () => {
  expect(() => parseEvent("x".repeat(60))).toThrow(/got x{60}$/);
  expect(() => parseEvent("x".repeat(61))).toThrow(/got x{60}…$/);
});
