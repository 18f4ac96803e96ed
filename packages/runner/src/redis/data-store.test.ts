import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { prepareData, type TrialSpec } from "@nn/training";
import { expect, onTestFinished, test } from "vitest";

import { DataStore } from "./data-store.ts";

const spec: TrialSpec = {
  dataset: {
    type: "csv",
    training: "t.csv",
    test: "t.csv",
    label: "first",
    channels: 1,
    validation: 1,
    normalize: false,
  },
  model: { initializer: { type: "he" }, layers: [] },
  loss: { type: "cross-entropy" },
  optimizer: { type: "sgd" },
  schedule: { type: "constant" },
  training: { epochs: 1, batchSize: 1, shuffle: true },
};
const text = "0,9,2,3,4\n1,200,3,4,5\n0,2,3,4,5\n1,201,4,5,6\n";
const { signal } = new AbortController();

test("a worker whose data have changed since it read them says so, and not that those of the run differ", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nn-data-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "t.csv");
  const store = new DataStore(folder, () => {});
  const readData = () =>
    prepareData([spec.dataset], { dataFolder: folder, experimentFolder: folder }, signal, () => {});
  const own = { trial: { spec }, experimentFolder: folder };

  writeFileSync(file, text);
  const data = await readData();
  await store.prepare({ name: "x", data }, own, signal);
  await store.prepare({ name: "x", data }, own, signal);
  writeFileSync(file, text.replace("200", "199"));
  const changed = await readData();
  const wrong = "has changed since this worker read it";
  await expect(store.prepare({ name: "x", data: changed }, own, signal)).rejects.toThrow(wrong);

  const other = new DataStore(folder, () => {});
  const differs = "on this machine differs from that of x";
  await expect(other.prepare({ name: "x", data }, own, signal)).rejects.toThrow(differs);
});
