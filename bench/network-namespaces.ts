// Runs a sweep on four workers through a Redis server. Each worker has its own network namespace, which acts
// as a separate machine in a network. Compares every reproducible file with that of the same sweep on this
// machine, byte by byte. Repeats this with two of the four workers killed (SIGKILL) during the sweep. Exits
// with code 1 if a byte differs. Needs Linux, root, iproute2 and redis-server.
//
//   pnpm run bench:network      experiments/mnist-mlp-sweep.yaml: 12 configurations × 2 seeds
//   pnpm run bench:network experiments/sweep-hyperband.yaml
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

import { cliPath, Program } from "./program.ts";
import { findDifferingFiles, countJournalLines, hashResultFiles } from "./result-files.ts";

const root = path.dirname(import.meta.dirname);
const spec = path.resolve(
  process.env["INIT_CWD"] ?? ".",
  process.argv[2] ?? path.join(root, "experiments/mnist-mlp-sweep.yaml"),
);
if (!existsSync(spec)) {
  console.error(`There is no ${spec}. Usage: pnpm run bench:network [SPEC]`);
  process.exit(2);
}
const name = /^name: *(\S+)/m.exec(readFileSync(spec, "utf8"))?.[1] ?? "";
const scratch = mkdtempSync(path.join(tmpdir(), "nn-network-"));
const WORKERS = 4;
/** Names of interfaces have at most 15 characters. */
const id = `nn${process.pid}`;
/** A private network that is unlikely to be in use: 10.211.n.0/24. */
const net = `10.211.${process.pid % 250}`;
const url = `redis://:bench@${net}.1:6399`;

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr.trim()}`);
}

/** A bridge that connects this machine and the workers, each by its own virtual cable. */
function layCables(): void {
  ip("link", "add", id, "type", "bridge");
  ip("addr", "add", `${net}.1/24`, "dev", id);
  ip("link", "set", id, "up");
  for (let n = 1; n <= WORKERS; n++) {
    const [space, near, far] = [`${id}-${n}`, `${id}n${n}`, `${id}f${n}`];
    ip("netns", "add", space);
    ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", space);
    ip("link", "set", near, "master", id, "up");
    ip("-n", space, "addr", "add", `${net}.${n + 1}/24`, "dev", far);
    ip("-n", space, "link", "set", far, "up");
  }
}

function removeCables(): void {
  for (let n = 1; n <= WORKERS; n++) spawnSync("ip", ["netns", "del", `${id}-${n}`]);
  spawnSync("ip", ["link", "del", id]);
}

const programs: Program[] = [];
function start(command: string, ...args: string[]): Program {
  const program = new Program(command, args);
  programs.push(program);
  return program;
}

function startWorker(n: number): Program {
  const where = `netns exec ${id}-${n} ${process.execPath} ${cliPath}`;
  return start("ip", ...`${where} worker --url ${url} --workers 1 --lost-after 5`.split(" "));
}

function startRun(out: string, remote: boolean): Program {
  const executor = ["--set", "executor.type=redis", "--set", `executor.url=${url}`];
  return start(process.execPath, cliPath, "experiment", spec, "--out", out, ...(remote ? executor : []));
}

let isDifferent = false;
async function attempt(
  title: string,
  expected: Map<string, string> | undefined,
  work: (out: string) => Program | Promise<Program>,
): Promise<Map<string, string>> {
  const out = mkdtempSync(path.join(scratch, "out-"));
  const since = performance.now();
  const run = await work(out);
  const code = await run.ended;
  if (code !== 0) throw new Error(`${title}: the run ended with exit code ${code}:\n${run.output}`);
  const found = hashResultFiles(out, name);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const differing = expected && findDifferingFiles(expected, found);
  const verdict = differing === undefined ? "" : differing.length === 0 ? "the same bytes" : "OTHER BYTES";
  if (verdict === "OTHER BYTES") isDifferent = true;
  console.log(`${title.padEnd(46)} ${seconds.padStart(6)} s  ${found.size} files  ${verdict}`);
  return found;
}

try {
  layCables();
  start("redis-server", "--bind", `${net}.1`, "--port", "6399", "--save", "", "--requirepass", "bench");
  const expected = await attempt("this machine alone", undefined, (out) => startRun(out, false));
  const lines = countJournalLines(globSync(path.join(scratch, "out-*"))[0]!, name);

  const workers = Array.from({ length: WORKERS }, (_, index) => startWorker(index + 1));
  await attempt(`${WORKERS} workers in namespaces`, expected, (out) => startRun(out, true));

  await attempt(`${WORKERS} workers, 2 of them killed`, expected, async (out) => {
    const run = startRun(out, true);
    for (const [index, share] of [0.2, 0.5].entries()) {
      while (!run.isOver && countJournalLines(out, name) < lines * share) await setTimeout(5);
      workers[index]!.signal("SIGKILL");
    }
    return run;
  });
} finally {
  for (const program of programs) program.signal("SIGKILL");
  await Promise.all(programs.map(({ ended }) => ended));
  removeCables();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = isDifferent ? 1 : 0;
