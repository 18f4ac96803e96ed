import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { childrenOf, isAlive, until } from "./support/processes.ts";
import { withSmallData } from "./support/small-data.ts";

const prepare = withSmallData();

test("Ctrl-C keeps what is done and exits with 130; the command it names goes on to the same bytes", async () => {
  const undisturbed = prepare(smallSweep);
  await undisturbed.run(["--workers", "1"]);

  const folder = prepare(smallSweep);
  const run = folder.start(["--workers", "1"], { detached: true });
  // One trial done (the run, its data, its start, eight epochs, its end), the next one on its way.
  await until(() => folder.journalLines() >= 14);
  const workers = childrenOf(run.pid!);
  // As the terminal does it: to every process of the group.
  process.kill(-run.pid!, "SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(
    /Interrupted\. [123] of 4 trials are done and kept in results\/small\/[0-9a-f]{12}\. Go on with:/,
  );
  expect(stdout).toContain("experiment spec.yaml --out results --data data --workers 1");
  expect(workers.filter(isAlive)).toEqual([]);
  expect(folder.read("results.csv")).toContain("completed");

  const { code, out } = await folder.run(["--workers", "1"]);
  expect(code).toBe(0);
  expect(out).toMatch(/[123] of 4 trials are done already; the others go on\./);
  expect(folder.promisedFiles()).toEqual(undisturbed.promisedFiles());
});

test("the command that goes on has no --fresh, and quotes what a shell would split", async () => {
  const folder = prepare(smallSweep);
  const run = folder.start(["--fresh", "--set", "description=it's long", "--set", "training.epochs=100000"]);
  await until(() => folder.journalLines() > 0);
  run.kill("SIGTERM");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toContain(`--data data --set 'description=it'\\''s long' --set training.epochs=100000`);
});

test("a reader that has seen enough ends nothing: training goes on to the same bytes", async () => {
  const undisturbed = prepare(smallSweep);
  await undisturbed.run(["--workers", "1"]);

  const folder = prepare(smallSweep);
  const run = folder.start(["--workers", "1"]);
  await until(() => folder.journalLines() >= 4);
  run.stdout.destroy();
  const { exitCode, stderr } = await run;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(folder.promisedFiles()).toEqual(undisturbed.promisedFiles());
});
