// Runs all tiny experiments and regenerates the files that truth.test.ts compares with: the tables, and the
// metrics that evaluate.py computes. Run it after an intended change:
//
//   pnpm --filter @nn/cli run truth        needs PyTorch and NumPy (Debian: python3-torch, python3-numpy)
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { createTrainingRuntime } from "@nn/training";
import { runTiny, tinyExperiments, type TinyRun } from "./run-tiny.ts";

const here = import.meta.dirname;
const expected = join(here, "expected");
const out = mkdtempSync(join(tmpdir(), "nn-truth-"));
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
const runtime = await createTrainingRuntime(1, console.error);
const runs = new Map<string, TinyRun>();
for (const [name, file] of tinyExperiments) runs.set(name, await runTiny(file, runtime, out));

const trials = [...runs].flatMap(([name, run]) =>
  run.completed.map(({ number, spec }) => ({
    name,
    number,
    spec,
    experimentSeed: run.experiment.seed,
    folder: join(run.path, "trials", `${number}`),
    experimentFolder: dirname(run.experiment.file),
  })),
);
const python = process.env["PYTHON"] ?? "/usr/bin/python3";
const golden = spawnSync(python, [join(here, "evaluate.py")], {
  input: JSON.stringify(trials),
  stdio: ["pipe", "pipe", "inherit"],
});
if (golden.status !== 0) {
  console.error(`${python} could not measure the networks: nothing was written. PYTHON names another one.`);
  process.exit(1);
}

rmSync(expected, { recursive: true, force: true });
mkdirSync(expected);
for (const [name, { results, epochs }] of runs) {
  writeFileSync(join(expected, `${name}.results.csv`), results);
  writeFileSync(join(expected, `${name}.epochs.csv`), epochs);
}
writeFileSync(join(here, "golden.json"), golden.stdout);
// Exits explicitly, because threads of the backend may still wait for work.
process.exit(0);
