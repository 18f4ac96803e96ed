import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import {
  gatedSweep,
  openGate,
  createUninterruptedRuns,
  createFoldersWithGate,
} from "./support/gated-sweep.ts";
import { listChildProcesses, waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const prepareGated = createFoldersWithGate(prepare);
const undisturbed = createUninterruptedRuns(prepare);

/** Returns the source of a layer that returns its input and executes `deed` at the third training step. */
function layerThat(deed: string): string {
  return `
import { existsSync } from "node:fs";
import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export const layer = defineLayer({
  type: "layer",
  description: "For a test.",
  options: Type.Object({ active: Type.Boolean({ default: true }) }),
  plan: ({ active }, inputShape) => ({
    outputShape: inputShape,
    build: () => ({
      forward(x, pass) {
        if (active && pass.training && pass.step === 2) {
          ${deed}
        }
        return x;
      },
      backward: (dy) => dy,
    }),
  }),
});`;
}

const sweepOfOwnLayer = `
name: small
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: ./layer.ts }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 2, batchSize: 50 }
sweep:
  sampler: { type: grid }
  parameters:
    model.layers[1].active: [true, false]
`;

test("if a worker is killed, its trial is retried and has the same bytes", async () => {
  const folder = prepareGated(gatedSweep);
  const run = folder.start(["--workers", "1"]);
  await waitUntil(run, () => folder.epochsOf(1) >= 3);
  process.kill(listChildProcesses(run.pid!)[0]!, "SIGKILL");
  openGate(folder);
  const { exitCode, stdout } = await run;
  expect(stdout).toContain(
    "the worker process was killed (SIGKILL), often because the system is out of memory. Retrying it.",
  );
  expect(exitCode).toBe(0);
  expect(folder.promisedFiles()).toEqual(await undisturbed(gatedSweep));
});

test("a trial whose worker always dies fails at the third attempt, and the others continue", async () => {
  const folder = prepare(sweepOfOwnLayer);
  folder.write("layer.ts", layerThat(`process.kill(process.pid, "SIGKILL");`));
  const { code, out } = await folder.run(["--workers", "1"]);
  expect(code).toBe(1);
  expect(out.match(/Retrying it/g)).toHaveLength(2);
  expect(out).toMatch(
    /trial 1 \(seed 1, active true\) failed: the worker process was killed \(SIGKILL\).* \(3 times\)/,
  );
  expect(out).toContain("1 of 2 trials failed; run the same command to retry them.");
  const rows = folder.read("results.csv").split("\n").slice(1, 3);
  expect(rows.map((row) => row.split(",").slice(0, 4).join())).toEqual([
    "1,failed,1,true",
    "2,completed,1,false",
  ]);
});

test("a trial that progresses in each attempt is retried any number of times", async () => {
  const folder = prepare(sweepOfOwnLayer);
  const dieOnce = `const mark = "died-" + pass.step;
          if (!existsSync(mark)) {
            writeFileSync(mark, "");
            process.kill(process.pid, "SIGKILL");
          }`;
  const layer = layerThat(dieOnce)
    .replace("{ existsSync }", "{ existsSync, writeFileSync }")
    .replace("pass.step === 2", "pass.step >= 2 && pass.step < 7");
  folder.write("layer.ts", layer);
  const { code, out } = await folder.run(["--workers", "1", "--checkpoint-every", "0"]);
  expect(out.match(/Retrying it/g)).toHaveLength(5);
  expect(code).toBe(0);
  expect(folder.read("results.csv").match(/completed/g)).toHaveLength(2);
});

test("if a custom layer throws, its trial fails at once, and a file has the stack trace", async () => {
  const folder = prepare(sweepOfOwnLayer);
  folder.write("layer.ts", layerThat(`throw new TypeError("no such\\nthing");`));
  const { code, out, err } = await folder.run(["--workers", "1"]);
  expect(code).toBe(1);
  expect(out).not.toContain("Retrying it");
  expect(out).toMatch(
    /trial 1 \(seed 1, active true\) failed: TypeError: no such \(layer\.ts:\d+:\d+, model\.layers\[1\]\)\n/,
  );
  expect(out).toContain("trials/1/error.txt");
  expect(out + err).not.toMatch(/^\s+at /m);
  expect(folder.read("trials/1/error.txt")).toMatch(/^\s+at .*layer\.ts/m);
});

test("if a layer returns a wrong shape, the message contains its path", async () => {
  const folder = prepare(sweepOfOwnLayer.replace(/sweep:[^]*/, ""));
  folder.write("layer.ts", layerThat("return { ...x, shape: [1] };").replace("step === 2", "step === 0"));
  const { code, out } = await folder.run();
  expect(code).toBe(1);
  expect(out).toMatch(
    /trial 1 \(seed 1\) failed: model\.layers\[1\] \(layer\.ts\), layer: forward gave \(1\) with/,
  );
  expect(out).toContain("The trial failed; run the same command to retry it.");
});

test("if a layer causes an uncaught error, the trial fails once, with the error and its line", async () => {
  const folder = prepare(sweepOfOwnLayer);
  folder.write("layer.ts", layerThat(`queueMicrotask(() => { throw new Error("out of the blue"); });`));
  const { code, out, err } = await folder.run(["--workers", "1"]);
  expect(code).toBe(1);
  expect(out).toMatch(/failed: Error: out of the blue \(layer\.ts:\d+:\d+, model\.layers\[1\]\)/);
  expect(out).not.toContain("Retrying");
  expect(out + err).not.toMatch(/^\s+at /m);
});

test("the same command retries a failed trial, but not a completed one", async () => {
  const folder = prepare(sweepOfOwnLayer);
  // Whether the layer throws depends on a file that is not part of the fingerprint.
  folder.write("layer.ts", layerThat(`if (!existsSync("mended")) throw new Error("not yet");`));
  expect((await folder.run(["--checkpoint-every", "0"])).code).toBe(1);
  // The repair may change the training, so the trial does not resume from earlier state.
  expect(existsSync(join(folder.runFolder(), "trials/1/checkpoint.safetensors"))).toBe(false);
  folder.write("mended", "");
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("1 of 2 trials are already done; resuming the others.");
  expect(folder.read("results.csv").match(/completed/g)).toHaveLength(2);
  expect(existsSync(join(folder.runFolder(), "trials/1/error.txt"))).toBe(false);
});

test("a failed trial is not retried after later generations were proposed", async () => {
  const sampler = "sampler: { type: tpe, trials: 4, generation: 2, startup: 2 }";
  const folder = prepare(
    sweepOfOwnLayer.replace("sampler: { type: grid }", sampler).replace("[true, false]", "[true]"),
  );
  const layer = layerThat(
    `if (!existsSync("mended")) { writeFileSync("mended", ""); throw new Error("once"); }`,
  );
  folder.write("layer.ts", layer.replace("{ existsSync }", "{ existsSync, writeFileSync }"));
  for (let time = 1; time <= 2; time++) {
    const { code, out } = await folder.run(["--workers", "1"]);
    expect(code).toBe(1);
    expect(out).toContain(
      "1 of 4 trials failed, and are not retried, because later generations were proposed from their results. " +
        "Use --fresh to start over.",
    );
    expect(folder.read("results.csv").match(/completed/g)).toHaveLength(3);
  }
});

test("a diverged trial is reported on one line, ranked last, and does not count as failed", async () => {
  const folder = prepare(
    smallSweep.replace("[0.03, 0.1]", "[1.0e30, 0.1]").replace("repeats: 2", "repeats: 1"),
  );
  const { code, out } = await folder.run(["--checkpoint-every", "0"]);
  expect(code).toBe(0);
  expect(out).toMatch(
    new RegExp(
      /trial 1 \(seed 1, learningRate 1e\+30\) diverged: the loss is not finite in epoch 1, training /
        .source +
        /step \d+: model\.layers\[\d\] \(\w+\) is the first layer whose (weights|activations) are not finite\. /
          .source +
        /A smaller learning rate often helps\./.source,
    ),
  );
  expect(out).toMatch(/1 +0\.1 +\d+\.\d\d % +\d\.\d+ +2\n2 +1e\+30 +– +– +1: diverged/);
  expect(folder.read("results.csv").split("\n")[1]).toMatch(/^1,diverged,1,/);
  expect(existsSync(join(folder.runFolder(), "trials/1/checkpoint.safetensors"))).toBe(false);
});

test("a hanging trial is stopped and retried; one that exceeds the time limit is not retried", async () => {
  const folder = prepare(sweepOfOwnLayer);
  folder.write("layer.ts", layerThat("for (;;);"));
  const hung = await folder.run(["--workers", "1", "--hung-after", "5"]);
  expect(hung.code).toBe(1);
  // On a very busy machine, the other trial may also be silent for this long. It is then retried and
  // completes.
  const trials = [...hung.out.matchAll(/^(trial \d+).*: the worker process hung: .* Retrying it\.$/gm)].map(
    ([, trial]) => trial,
  );
  const [, failed] =
    /^(trial \d+).* failed: the worker process hung: it was silent for 5 s and was stopped \(3 times\)/m.exec(
      hung.out,
    ) ?? [];
  expect(trials.filter((trial) => trial === failed)).toHaveLength(2);

  const limited = await folder.run(["--workers", "1", "--time-limit", "2"]);
  expect(limited.code).toBe(1);
  expect(limited.out).not.toContain("Retrying it");
  expect(limited.out).toContain("failed: it trained longer than the 2 s that --time-limit allows");
});

test("a worker frozen by SIGSTOP is replaced, and the bytes are the same", async () => {
  const folder = prepareGated(gatedSweep);
  // Longer than a computing worker is silent on a busy machine.
  const run = folder.start(["--workers", "1", "--hung-after", "20"]);
  await waitUntil(run, () => folder.epochsOf(1) >= 3);
  process.kill(listChildProcesses(run.pid!)[0]!, "SIGSTOP");
  openGate(folder);
  const { exitCode, stdout } = await run;
  expect(stdout).toContain("the worker process hung: it was silent for 20 s and was stopped. Retrying it.");
  expect(exitCode).toBe(0);
  expect(folder.promisedFiles()).toEqual(await undisturbed(gatedSweep));
});

test("after a machine sleeps for longer than --hung-after, no worker counts as hung", async () => {
  const folder = prepareGated(gatedSweep);
  const run = folder.start(["--workers", "1", "--hung-after", "9"], { detached: true });
  await waitUntil(run, () => folder.epochsOf(1) >= 3);
  process.kill(-run.pid!, "SIGSTOP");
  // Nothing else can end the wait, because the processes are stopped.
  await setTimeout(11_000);
  openGate(folder);
  process.kill(-run.pid!, "SIGCONT");
  const { exitCode, stdout } = await run;
  expect(stdout).not.toContain("hung");
  expect(exitCode).toBe(0);
});

test("too many consecutive failures end the run with the first cause", async () => {
  const folder = prepare(
    sweepOfOwnLayer.replace("[true, false]", "[true]").replace("name: small", "name: small\nrepeats: 6"),
  );
  folder.write("layer.ts", layerThat(`throw new Error("at step " + pass.step);`));
  const { code, err } = await folder.run(["--workers", "1", "--most-failures", "3"]);
  expect(code).toBe(1);
  expect(err).toMatch(
    /3 trials in a row failed, so the run was stopped. The first was trial 1: Error: at step 2/,
  );
  expect(folder.read("results.csv").trim().split("\n")).toHaveLength(1 + 3);
});
