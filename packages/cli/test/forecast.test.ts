import { globSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep } from "./support/bench-folder.ts";
import { isAlive, waitUntil } from "./support/processes.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

/** Parses the forecast line. The numbers are NaN if there is no such line. */
function forecastIn(out: string) {
  const line = new RegExp(
    /^forecast {2}(\S+) epochs?: (at most )?about (.+) with (\d+) workers?, (\d\.\d) × 10(\S+) /.source +
      /multiply-adds, (\S+) (kB|MB) on the disk$/.source,
    "m",
  ).exec(out);
  const [, epochs, max, time, workers, , , size, unit] = line ?? [];
  return {
    epochs: Number(epochs),
    isUpperBound: max !== undefined,
    time,
    workers: Number(workers),
    bytes: Number(size) * (unit === "MB" ? 1e6 : 1e3),
  };
}

const filesIn = (path: string): string[] =>
  globSync("**/*", { cwd: path, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const bytesIn = (path: string): number => filesIn(path).reduce((sum, file) => sum + statSync(file).size, 0);

test("a dry run forecasts the size of the files of the run, and writes no file", async () => {
  const folder = prepare(smallSweep);
  const before = filesIn(folder.path);
  const { code, out, err } = await folder.run(["--dry-run", "--workers", "1"]);
  expect([code, err]).toEqual([0, ""]);
  expect(filesIn(folder.path)).toEqual(before);
  const forecast = forecastIn(out);
  expect(forecast).toMatchObject({ epochs: 32, isUpperBound: false, workers: 1 });
  expect(out).toMatch(/\nNo errors found\. A run would write its results to results\/small\/[0-9a-f]{12}\. /);

  await folder.run();
  // The forecast counts the 10,000 test images of MNIST, of which the small data have 200.
  const missing = 4 * 9800 * (10 + 2) * 4 + 4 * 28 * (9800 / 20);
  const left = bytesIn(folder.runFolder()) + missing;
  expect(forecast.bytes / left).toBeGreaterThan(0.8);
  expect(forecast.bytes / left).toBeLessThan(1.25);

  const again = await folder.run(["--dry-run"]);
  expect(again.code).toBe(0);
  expect(again.out).toMatch(/\n4 of 4 trials are already done\.$/);
  const fresh = await folder.run(["--dry-run", "--fresh"]);
  expect(forecastIn(fresh.out).epochs).toBe(32);
});

test("a dry run of an interrupted run forecasts the remaining work", async () => {
  const folder = prepare(smallSweep);
  const run = folder.start(["--workers", "1"]);
  await waitUntil(run, () => folder.journalLines() >= 14); // one trial is done
  run.kill("SIGTERM");
  await run;
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(0);
  expect(out).toMatch(/\n[123] of 4 trials are already done\.\n/);
  expect(forecastIn(out).epochs).toBeLessThanOrEqual(24);
});

test("there is a forecast for adaptive samplers, and an upper bound with a pruner", async () => {
  const folder = prepare(
    smallSweep
      .replace(
        "{ type: grid }",
        "{ type: tpe, trials: 9, generation: 3, startup: 3 }\n  pruner: { type: median, startup: 2 }",
      )
      .replace("[0.03, 0.1]", "{ type: float, min: 0.03, max: 0.1 }"),
  );
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(0);
  expect(forecastIn(out)).toMatchObject({ epochs: 9 * 2 * 8, isUpperBound: true });
});

/** Returns the source of a custom layer whose forward pass executes this statement. */
function layerThat(statement: string): string {
  return `import { defineLayer } from "@nn/layers";
import { Type } from "typebox";
export default defineLayer({
  type: "broken",
  description: "Does not work yet.",
  options: Type.Object({}),
  plan: (_options, inputShape) => ({
    outputShape: inputShape,
    build: () => ({
      forward(x) {
        ${statement}
      },
      backward(gradient) {
        return gradient;
      },
    }),
  }),
});
`;
}

test("a layer that throws in its first steps is reported before anything is trained", async () => {
  const folder = prepare(smallSweep.replace("{ type: relu }", "{ type: ./broken.ts }"));
  folder.write("broken.ts", layerThat('throw new Error("not yet written");'));
  const { code, out } = await folder.run(["--dry-run"]);
  expect(code).toBe(1);
  expect(out).toMatch(
    new RegExp(
      /\nforecast {2}none: a timed training step failed: Error: not yet written /.source +
        /\(broken\.ts:11:\d+, model\.layers\[2\]\)$/.source,
    ),
  );
});

test("after an interrupted dry run, no process remains, even if a layer is in an endless loop", async () => {
  const folder = prepare(smallSweep.replace("{ type: relu }", "{ type: ./broken.ts }"));
  folder.write(
    "broken.ts",
    layerThat('writeFileSync(new URL(`${process.pid}.pid`, import.meta.url), ""); for (;;);').replace(
      "import",
      'import { writeFileSync } from "node:fs";\nimport',
    ),
  );
  const run = folder.start(["--dry-run", "--workers", "2"]);
  const pids = (): number[] => globSync("*.pid", { cwd: folder.path }).map((name) => parseInt(name, 10));
  await waitUntil(run, () => pids().length === 2);
  run.kill("SIGINT");
  expect((await run).exitCode).toBe(130);
  expect(pids().filter(isAlive)).toEqual([]);
});
