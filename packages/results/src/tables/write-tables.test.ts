import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { generateJournalEvents, sweptPath } from "../../test/arbitraries.ts";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import type { JournalEvent } from "../events.ts";
import { readResults } from "./read-results.ts";
import { collectTrialRecords, type TrialRecord } from "../records.ts";
import {
  formatEpochsTable,
  formatParameterCell,
  formatResultsTable,
  formatTimingsTable,
} from "./write-tables.ts";

const metrics = (loss: number, accuracy: number): { loss: number; accuracy: number } => ({ loss, accuracy });

const events: JournalEvent[] = [
  { event: "run", format: 1, fingerprint: "abc", name: "x" },
  { event: "trial-started", trial: 3, seed: 7, parameters: { lr: 1e-7, "opt,imizer": "a\nb" }, worker: 1 },
  {
    event: "trial-started",
    trial: 1,
    seed: 7,
    parameters: { lr: 0.1, "opt,imizer": { type: "sgd", betas: [0.9, 0.999] } },
    worker: "host/2",
    network: { parameters: 7850, multiplyAdds: 7840 },
  },
  { event: "epoch", trial: 3, epoch: 1, train: metrics(NaN, 0.1), seconds: 1, imagesPerSecond: 100 },
  {
    event: "epoch",
    trial: 1,
    epoch: 1,
    train: metrics(0.30000000000000004, 0.9),
    validation: metrics(1 / 3, 0.91),
    seconds: 2,
    imagesPerSecond: 300,
  },
  {
    event: "epoch",
    trial: 1,
    epoch: 2,
    train: metrics(1e-7, 1),
    validation: metrics(0.25, 0.92),
    seconds: 1,
    imagesPerSecond: 600,
  },
  {
    event: "trial-ended",
    trial: 1,
    status: "completed",
    epochs: 2,
    bestEpoch: 2,
    train: metrics(1e-7, 1),
    validation: metrics(0.25, 0.92),
    test: metrics(0.26, 0.915),
    seconds: 3.5,
  },
  { event: "trial-ended", trial: 3, status: "diverged", epochs: 1, seconds: 1.5, reason: "loss is NaN" },
  { event: "trial-started", trial: 2, seed: 8, parameters: { lr: 0.2, "opt,imizer": true }, worker: 1 },
  { event: "epoch", trial: 2, epoch: 1, train: metrics(0.5, 0.5), seconds: 1, imagesPerSecond: 100 },
];

const measures = "train.loss,train.accuracy,validation.loss,validation.accuracy,test.loss,test.accuracy";

test("results.csv has one row per ended trial, in trial order, and empty cells for missing values", () => {
  expect(formatResultsTable(collectTrialRecords(events).values(), ["lr", "opt,imizer"])).toBe(
    `trial,status,seed,lr,"opt,imizer",epochs,bestEpoch,parameters,multiplyAdds,${measures}
1,completed,7,0.1,"{""type"":""sgd"",""betas"":[0.9,0.999]}",2,2,7850,7840,1e-7,1,0.25,0.92,0.26,0.915
3,diverged,7,1e-7,"a
b",1,,,,,,,,,
`,
  );
});

test("epochs.csv has one row per trial and epoch, including running trials, with all digits", () => {
  expect(formatEpochsTable(collectTrialRecords(events).values())).toBe(
    `trial,epoch,train.loss,train.accuracy,validation.loss,validation.accuracy
1,1,0.30000000000000004,0.9,0.3333333333333333,0.91
1,2,1e-7,1,0.25,0.92
2,1,0.5,0.5,,
3,1,NaN,0.1,,
`,
  );
});

test("timings.csv has one row per epoch, and one without an epoch per ended trial", () => {
  expect(formatTimingsTable(collectTrialRecords(events).values())).toBe(
    `trial,epoch,worker,seconds,imagesPerSecond
1,1,host/2,2,300
1,2,host/2,1,600
1,,host/2,3.5,400
2,1,1,1,100
3,1,1,1,100
3,,1,1.5,100
`,
  );
});

test("a carriage return is quoted, because many readers treat a bare one as the end of a row", () => {
  const started: JournalEvent = {
    event: "trial-started",
    trial: 1,
    seed: 1,
    parameters: { a: "x\ry" },
    worker: 1,
  };
  const ended: JournalEvent = { event: "trial-ended", trial: 1, status: "failed", epochs: 0, seconds: 1 };
  expect(formatResultsTable(collectTrialRecords([started, ended]).values(), ["a"])).toContain(
    `\n1,failed,1,"x\ry",0,`,
  );
});

const swept = fc.uniqueArray(sweptPath, { maxLength: 3 });
const journals = swept.chain((sweptPaths) =>
  fc.record({ sweptPaths: fc.constant(sweptPaths), events: generateJournalEvents(sweptPaths) }),
);

test("with parents, the last column has the trial whose network each trial continued", () => {
  const started = { event: "trial-started", seed: 7, parameters: {}, worker: 1 } as const;
  const epoch = { event: "epoch", train: metrics(1, 0.5), seconds: 1, imagesPerSecond: 1 } as const;
  const ended = { event: "trial-ended", status: "completed", seconds: 1 } as const;
  const records = collectTrialRecords([
    { ...started, trial: 1 },
    { ...epoch, trial: 1, epoch: 1 },
    { ...ended, trial: 1, epochs: 1 },
    { ...started, trial: 2, parent: 1 },
    { ...epoch, trial: 2, epoch: 2 },
    { ...ended, trial: 2, epochs: 2 },
  ]).values();
  expect(formatResultsTable(records, [], true)).toBe(
    `trial,status,seed,epochs,bestEpoch,parameters,multiplyAdds,${measures},parent\n` +
      "1,completed,7,1,,,,,,,,,,\n" +
      "2,completed,7,2,,,,,,,,,,1\n",
  );
});

test("results.csv and epochs.csv do not depend on workers, speed, or the order in which trials finish", () => {
  const elsewhere = (record: TrialRecord): TrialRecord => ({
    ...record,
    worker: "elsewhere",
    seconds: 123,
    history: record.history.map((epoch) => Object.assign({ ...epoch }, { seconds: 9, imagesPerSecond: 1 })),
  });
  fc.assert(
    fc.property(journals, (journal) => {
      const records = [...collectTrialRecords(journal.events).values()];
      const others = records.map(elsewhere).toReversed();
      expect(formatResultsTable(others, journal.sweptPaths)).toBe(
        formatResultsTable(records, journal.sweptPaths),
      );
      expect(formatEpochsTable(others)).toBe(formatEpochsTable(records));
    }),
  );
});

test("readResults reads back the written rows", () => {
  const path = join(createTemporaryFolder(), "results.csv");
  fc.assert(
    fc.property(journals, fc.boolean(), (journal, withParents) => {
      const records = [...collectTrialRecords(journal.events).values()];
      writeFileSync(path, formatResultsTable(records, journal.sweptPaths, withParents));
      const results = readResults(path);
      expect(results.sweptPaths).toEqual(journal.sweptPaths);
      const ended = records.filter((record) => record.status !== "running").sort((a, b) => a.trial - b.trial);
      expect(results.rows).toEqual(
        ended.map(
          ({
            trial,
            status,
            seed,
            parent,
            epochs,
            bestEpoch,
            network,
            train,
            validation,
            test: onTest,
            parameters,
          }) => ({
            trial,
            status,
            seed,
            parameters: Object.fromEntries(
              journal.sweptPaths.map((name) => [name, formatParameterCell(parameters[name])]),
            ),
            epochs,
            bestEpoch,
            network,
            train,
            validation,
            test: onTest,
            parent: withParents ? parent : undefined,
          }),
        ),
      );
    }),
  );
});
