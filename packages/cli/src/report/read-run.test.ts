import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { readRun } from "./read-run.ts";

const metrics = { loss: 0.5, accuracy: 0.75 };

/** A trial of a generated run: its epochs, and the trial whose network it continues. */
interface Trial {
  readonly values: readonly string[];
  readonly epochs: readonly number[];
  readonly parent?: number;
}

/** Writes a run of completed trials. `paths`: the swept paths. Returns its folder. */
function writeRun(experiment: string, paths: readonly string[], trials: readonly Trial[]): string {
  const root = mkdtempSync(join(tmpdir(), "nn-read-run-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, "somewhere/0123456789ab");
  mkdirSync(folder, { recursive: true });
  const withParents = trials.some(({ parent }) => parent !== undefined);
  const head =
    `trial,status,seed,${paths.map((path) => `${path},`).join("")}epochs,bestEpoch,parameters,multiplyAdds,` +
    "train.loss,train.accuracy,validation.loss,validation.accuracy,test.loss,test.accuracy";
  const rows = trials.map(
    ({ values, epochs, parent }, at) =>
      `${at + 1},completed,1,${values.map((value) => `${value},`).join("")}${epochs.at(-1)},${epochs.at(-1)},7,6,` +
      `0.5,0.75,0.5,0.75,0.5,0.75${withParents ? `,${parent ?? ""}` : ""}`,
  );
  writeFileSync(join(folder, "results.csv"), [withParents ? `${head},parent` : head, ...rows, ""].join("\n"));
  const events: object[] = [{ event: "run", format: 1, fingerprint: "0123456789ab", name: "sample" }];
  for (const [at, { epochs, parent }] of trials.entries()) {
    const trial = at + 1;
    events.push({
      event: "trial-started",
      trial,
      seed: 1,
      parameters: {},
      ...(parent && { parent }),
      worker: 1,
    });
    for (const epoch of epochs) {
      const train = { loss: 1 / epoch, accuracy: 0.5 };
      events.push({
        event: "epoch",
        trial,
        epoch,
        train,
        validation: metrics,
        seconds: 1,
        imagesPerSecond: 9,
      });
    }
    const sets = { train: metrics, validation: metrics, test: metrics };
    events.push({
      event: "trial-ended",
      trial,
      status: "completed",
      epochs: epochs.at(-1),
      ...sets,
      seconds: 3,
    });
  }
  writeFileSync(join(folder, "journal.jsonl"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  writeFileSync(join(folder, "experiment.yaml"), experiment);
  writeFileSync(
    join(folder, "environment.json"),
    JSON.stringify({ experiment: "/home/ada/secret/x.yaml", node: "v26.0.0", cores: 4, data: [] }),
  );
  return folder;
}

const sweep = `
name: sample
description: A question
dataset: { type: mnist, validation: 10 }
sweep:
  sampler: { type: tpe, trials: 3 }
  parameters:
    optimizer.rate: { type: float, min: 0.001, max: 1, scale: log }
    model.layers[1].units: [4, 8]
    model.layers[2].units: [1, 1000]
    model.layers[2].type: [relu, tanh]
`;

test("parameters have short unique names, the scale of the file, and numbers as numbers", () => {
  const paths = ["optimizer.rate", "model.layers[1].units", "model.layers[2].units", "model.layers[2].type"];
  const folder = writeRun(sweep, paths, [
    { values: ["0.01", "4", "1", "relu"], epochs: [1, 2] },
    { values: ["0.5", "8", "1000", "tanh"], epochs: [1, 2] },
  ]);
  const { parameters, trials, isAdaptive, description, run } = readRun(folder);
  expect({ isAdaptive, description, run }).toEqual({
    isAdaptive: true,
    description: "A question",
    run: "sample/0123456789ab",
  });
  expect(parameters.map(({ label, scale }) => [label, scale])).toEqual([
    ["rate", "log"],
    ["layers[1].units", "linear"],
    // A list of values that span two decades.
    ["layers[2].units", "log"],
    ["layers[2].type", "category"],
  ]);
  expect(parameters[0]!.range).toEqual({ type: "float", min: 0.001, max: 1 });
  expect(trials.map(({ values }) => values)).toEqual([
    [0.01, 4, 1, "relu"],
    [0.5, 8, 1000, "tanh"],
  ]);
});

test("the paths of the machine are not part of the environment", () => {
  const { environment } = readRun(writeRun(sweep, [], [{ values: [], epochs: [1] }]));
  expect(environment).toEqual([
    ["Node", "v26.0.0"],
    ["cores", "4"],
  ]);
});

test("a trial that continues another has the learning curve of both, and only the last ones are ranked", () => {
  const folder = writeRun(
    sweep,
    ["optimizer.rate"],
    [
      { values: ["0.1"], epochs: [1, 2] },
      { values: ["0.1"], epochs: [3, 4], parent: 1 },
    ],
  );
  const { trials, configurations } = readRun(folder);
  expect(trials.map(({ ownEpochs }) => ownEpochs)).toEqual([2, 2]);
  expect(trials[1]!.history.epoch).toEqual([1, 2, 3, 4]);
  expect(trials[1]!.history.trainLoss).toEqual([1, 0.5, 0.333333, 0.25]);
  expect(trials[0]!.configuration).not.toBe(trials[1]!.configuration);
  expect(configurations.map(({ index }) => index)).toEqual([trials[1]!.configuration]);
});

test("trials of a population that have the same values are no repeats of each other", () => {
  const folder = writeRun(
    sweep,
    ["optimizer.rate"],
    [
      { values: ["0.1"], epochs: [1, 2] },
      { values: ["0.2"], epochs: [1, 2] },
      { values: ["0.1"], epochs: [3, 4], parent: 1 },
      { values: ["0.1"], epochs: [3, 4], parent: 1 },
    ],
  );
  const { trials, configurations } = readRun(folder);
  expect(new Set(trials.map(({ configuration }) => configuration)).size).toBe(4);
  expect(configurations.map(({ index }) => index)).toEqual(
    trials.slice(2).map(({ configuration }) => configuration),
  );
});
