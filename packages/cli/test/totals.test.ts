import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../../../.ci/totals.mjs", import.meta.url));

type Status = "passed" | "failed" | "skipped";

/** A test file in a report. A file without tests did not load. */
interface Ran {
  readonly file: string;
  readonly tests: Readonly<Record<string, Status>>;
}

/**
 * Creates a workspace of two packages and the experiments, each with a test file. An undefined report is
 * missing.
 */
function workspace(reports: Readonly<Record<string, readonly Ran[] | undefined>>): string {
  const folder = mkdtempSync(join(tmpdir(), "nn-totals-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  const fine: Record<string, readonly Ran[] | undefined> = {
    "packages/one": [{ file: "src/a.test.ts", tests: { a: "passed", b: "skipped" } }],
    "packages/two": [{ file: "test/b.test.ts", tests: { a: "passed" } }],
    experiments: [{ file: "layers/c.test.ts", tests: { a: "passed" } }],
  };
  for (const [where, runs] of Object.entries(fine))
    for (const { file } of runs ?? []) write(`${where}/${file}`, "");
  for (const name of ["one", "two"]) write(`packages/${name}/package.json`, '{"scripts":{"test":"vitest"}}');
  for (const [where, runs] of Object.entries({ ...fine, ...reports })) {
    if (runs === undefined) continue;
    const testResults = runs.map(({ file, tests }) => {
      const states = Object.values(tests);
      const isFine = states.length > 0 && !states.includes("failed");
      return {
        name: join(folder, where, file),
        status: isFine ? "passed" : "failed",
        assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
      };
    });
    const success = testResults.every(({ status }) => status === "passed");
    write(`${where}/test-report.json`, JSON.stringify({ success, testResults }));
  }
  return folder;
}

async function totals(cwd: string) {
  const { exitCode, stdout } = await execa(process.execPath, [program], { cwd, reject: false });
  return { exitCode, lines: stdout.split("\n") };
}

test("the tests of all packages are added up", async () => {
  expect(await totals(workspace({}))).toEqual({ exitCode: 0, lines: ["3 passed, 0 failed, 1 skipped"] });
});

test("a test that runs in several projects counts once, with its worst result", async () => {
  const run = (b: Status): Ran => ({ file: "test/b.test.ts", tests: { a: "passed", b } });
  const fine = await totals(workspace({ "packages/two": [run("passed"), run("passed")] }));
  expect(fine).toEqual({ exitCode: 0, lines: ["4 passed, 0 failed, 1 skipped"] });
  const failed = await totals(workspace({ "packages/two": [run("failed"), run("passed")] }));
  expect(failed).toEqual({ exitCode: 1, lines: ["3 passed, 1 failed, 1 skipped"] });
});

test.each([
  ["a package without a report", { "packages/two": undefined }, "packages/two has no test report"],
  ["the experiments without one", { experiments: undefined }, "experiments has no test report"],
  ["a file that did not load", { "packages/two": [{ file: "test/b.test.ts", tests: {} }] }, "did not load"],
  ["a file that did not run", { "packages/two": [] }, "packages/two/test/b.test.ts did not run"],
  [
    "a file that loaded in one project alone",
    {
      "packages/two": [
        { file: "test/b.test.ts", tests: { a: "passed" } },
        { file: "test/b.test.ts", tests: {} },
      ],
    },
    "did not load",
  ],
] as const)("%s is a failure, and the last line still has the totals", async (_, reports, message) => {
  const { exitCode, lines } = await totals(workspace(reports));
  expect(exitCode).toBe(1);
  expect(lines[0]).toMatch(/^FAILED: /);
  expect(lines[0]).toContain(message);
  expect(lines.at(-1)).toMatch(/^[23] passed, 1 failed, 1 skipped$/);
});

test("a package with test files but no test script is a failure", async () => {
  const folder = workspace({});
  writeFileSync(join(folder, "packages/two/package.json"), "{}");
  const { exitCode, lines } = await totals(folder);
  expect(exitCode).toBe(1);
  expect(lines).toEqual([
    "FAILED: packages/two has test files, and no test script",
    "2 passed, 1 failed, 1 skipped",
  ]);
});
