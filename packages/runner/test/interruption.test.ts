import { existsSync } from "node:fs";
import { join } from "node:path";

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

/** One trial of a second or more, whose checkpoints would be half a minute apart. */
const longTrial = smallSweep
  .replace("repeats: 2\n", "")
  .replace(/sweep:[^]*/, "")
  .replace("epochs: 8", "epochs: 60");

test.each(["SIGINT", "SIGTERM"] as const)(
  "a trial that %s stops says where, and goes on from that very step to the same bytes",
  async (signal) => {
    const undisturbed = prepare(longTrial);
    await undisturbed.run();

    const folder = prepare(longTrial);
    const run = folder.start([], { detached: true });
    await until(() => folder.journalLines() >= 6);
    process.kill(-run.pid!, signal);
    const { exitCode, stdout } = await run;
    expect(exitCode).toBe(130);
    const [, epoch] =
      /^Stopped in epoch (\d+) of 60; the same command continues there\.$/m.exec(stdout) ?? [];
    expect(Number(epoch)).toBeGreaterThan(1);
    expect(folder.promisedFiles()["trials/1/checkpoint.safetensors"]).toBeDefined();

    const { code } = await folder.run();
    expect(code).toBe(0);
    const resumed = folder
      .read("journal.jsonl")
      .split("\n")
      .find((line) => line.includes('"resumed"'));
    expect(JSON.parse(resumed ?? "{}")).toMatchObject({ epoch: Number(epoch) - 1 });
    expect(folder.promisedFiles()).toEqual(undisturbed.promisedFiles());
  },
);

test("a sweep says of each trial in training where it stopped, and all go on to the same bytes", async () => {
  const long = smallSweep.replace("epochs: 8", "epochs: 60");
  const undisturbed = prepare(long);
  await undisturbed.run(["--workers", "2"]);

  const folder = prepare(long);
  const run = folder.start(["--workers", "2"], { detached: true });
  const epochsOf = (trial: number): number =>
    folder.journalLines() === 0
      ? 0
      : folder
          .read("journal.jsonl")
          .split("\n")
          .filter((line) => line.includes('"epoch"') && line.includes(`"trial":${trial},`)).length;
  await until(() => epochsOf(1) > 2 && epochsOf(2) > 2);
  run.kill("SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/^Stopped trial \d in epoch \d+ of 60, trial \d in epoch \d+ of 60; the same/m);
  await folder.run(["--workers", "2"]);
  expect(folder.promisedFiles()).toEqual(undisturbed.promisedFiles());
});

test("a second Ctrl-C does not wait for a layer that hangs, and leaves no process behind", async () => {
  const folder = prepare(longTrial.replace("{ type: relu }", "{ type: ./hangs.ts }"));
  folder.write(
    "hangs.ts",
    `import { writeFileSync } from "node:fs";
export const hangs = {
  type: "hangs",
  description: "Never gives anything.",
  options: { type: "object", properties: {} },
  plan: (_options: object, inputShape: number[]) => ({
    outputShape: inputShape,
    build: () => ({
      forward(): never {
        writeFileSync("hangs.txt", "");
        for (;;);
      },
      backward: (dy: unknown) => dy,
    }),
  }),
};
`,
  );
  const run = folder.start([]);
  await until(() => existsSync(join(folder.path, "hangs.txt")));
  const workers = childrenOf(run.pid!);
  run.kill("SIGINT");
  for await (const text of run.stderr) if (String(text).includes("Once more to end at once.")) break;
  run.kill("SIGINT");
  const { exitCode, stdout } = await run;
  expect(exitCode).toBe(130);
  expect(stdout).not.toContain("Interrupted.");
  await until(() => !workers.some(isAlive));
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
