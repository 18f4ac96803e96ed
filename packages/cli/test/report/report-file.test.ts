import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { smallSweep } from "../support/bench-folder.ts";
import { createSmallDataFolders } from "../support/small-data.ts";

const prepare = createSmallDataFolders();

test("a report replaces an earlier report, and another file only with --force", async () => {
  const folder = prepare(smallSweep.replace("epochs: 8", "epochs: 1").replace(/sweep:[^]*/, ""));
  expect((await folder.run()).code).toBe(0);
  const file = join(folder.path, "mine.html");
  const report = (...args: readonly string[]) =>
    folder.runProgram(["report", "results/small", "--data", "data", ...args]);
  writeFileSync(file, "mine");
  const refused = await report("--out", file);
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toContain(
    `${file}: this file already exists and is not a report of this program\n  Replace it with --force`,
  );
  expect(readFileSync(file, "utf8")).toBe("mine");
  expect(await report("--out", file, "--force")).toMatchObject({ code: 0, err: "" });
  expect(await report("--out", file)).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(file, "utf8")).toContain('id="report-data"');

  const table = await report("--out", "new.csv");
  expect(table).toMatchObject({ code: 2, err: expect.stringContaining('"new.csv" does not end with .html') });
  writeFileSync(join(folder.runFolder(), "report.html"), "");
  expect(await report()).toMatchObject({ code: 0, err: "" });
});
