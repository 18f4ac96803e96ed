import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { RunningMetrics } from "../metrics/metrics.ts";
import { toySpec } from "../testing/toy-training.ts";
import { CHECKPOINT_FILE, CheckpointFile } from "./checkpoint-file.ts";

test("a discarded checkpoint stays deleted, even if its file was still being written", async () => {
  const trialFolder = mkdtempSync(join(tmpdir(), "nn-checkpoint-"));
  onTestFinished(() => rmSync(trialFolder, { recursive: true, force: true }));
  let written = 0;
  const file = new CheckpointFile(
    {
      trial: { number: 1, seed: 1, configuration: 0, parameters: {}, spec: toySpec },
      experimentSeed: 1,
      threads: 1,
      experimentFolder: "/",
      dataFolder: "/",
      metric: "validation.accuracy",
      goal: "maximize",
      trialFolder,
      until: 1,
      checkpointSeconds: 0,
      recorded: 0,
    },
    () => 0,
    { onResumed: () => {}, onWritten: () => void written++, onUnusable: () => {} },
  );
  file.save({ epochs: [], metrics: new RunningMetrics(), stateDicts: {} });
  await file.discard();
  await file.written();
  expect(written).toBe(1);
  expect(existsSync(join(trialFolder, CHECKPOINT_FILE))).toBe(false);
});
