// Adds up vitest's JSON reports and closes with one line: "N passed, N failed, N skipped". Fails when a test failed, when a package
// with tests has no report, and when a test file did not load or did not run.
import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

const TESTS = "**/*.test.ts";
const exclude = ["**/node_modules/**", "**/dist/**"];

const problems = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
// Every package that has the script, and the layers beside the experiments, which belong to no package.
const packages = globSync("packages/*/package.json").filter((file) => "test" in (read(file).scripts ?? {}));
const folders = [...packages.map((file) => dirname(file)), "experiments"].sort();
for (const folder of folders) addUp(folder);
const tested = new Set(folders);
for (const file of globSync(`packages/*/${TESTS}`, { exclude })) {
  const folder = file.split("/", 2).join("/");
  if (!tested.has(folder)) {
    tested.add(folder);
    fail(`${folder} has test files, and no test script`);
  }
}
if (totals.passed === 0) problems.push("no test passed");

for (const problem of problems) console.log(`FAILED: ${problem}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
if (problems.length > 0 || totals.failed > 0) process.exitCode = 1;

/** What counts as a failed test although it is none. */
function fail(problem) {
  problems.push(problem);
  totals.failed += 1;
}

function addUp(folder) {
  const path = `${folder}/test-report.json`;
  if (!existsSync(path)) return fail(`${folder} has no test report: its tests did not run to their end`);
  const report = read(path);
  // One where the same tests run in several projects: each counts once, by the worst that came of it.
  const files = Map.groupBy(report.testResults, ({ name }) => realpath(name));
  for (const [file, runs] of files) {
    const states = new Map();
    for (const run of runs) addStates(states, run.assertionResults);
    for (const state of states.values()) totals[state] += 1;
    const isFailed = [...states.values()].includes("failed");
    if (runs.some(({ status }) => status === "failed") && !isFailed)
      fail(`${file} did not load, or failed outside its tests`);
    else if (states.size === 0) fail(`${file} has no test that ran`);
  }
  for (const file of globSync(`${folder}/${TESTS}`, { exclude })) {
    if (!files.has(realpath(file))) fail(`${file} did not run`);
  }
  if (report.success !== true && totals.failed === 0)
    fail(`${folder}: vitest reports a failure outside its test files`);
}

/** Tests of a file may share a name; the first of each name in one project is the first in the other. */
function addStates(states, results) {
  const seen = new Map();
  for (const { fullName, status } of results) {
    const nth = (seen.get(fullName) ?? 0) + 1;
    seen.set(fullName, nth);
    const state = status === "passed" || status === "failed" ? status : "skipped";
    const rank = ["skipped", "passed", "failed"];
    const key = `${nth} ${fullName}`;
    const before = states.get(key) ?? "skipped";
    states.set(key, rank.indexOf(state) > rank.indexOf(before) ? state : before);
  }
}

function realpath(file) {
  return existsSync(file) ? realpathSync(file) : resolve(file);
}

function read(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
