// Runs a sweep on four workers, each in a network namespace of its own (a machine, as far as the network goes), through a real
// redis-server, and compares every promised file with that of the same sweep on this machine alone, byte by byte; then once more with two
// of the four killed (SIGKILL) in the middle. Ends with exit code 1 when a byte differs. Needs Linux, root, iproute2 and redis-server.
//
//   pnpm run bench:network                                     experiments/mnist-mlp-sweep.yaml: 12 configurations × 2 seeds
//   pnpm run bench:network experiments/sweep-hyperband.yaml
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

const root = path.dirname(import.meta.dirname);
const cli = path.join(root, "packages/runner/src/cli.ts");
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
/** A private network that is unlikely to be anybody's: 10.211.n.0/24. */
const net = `10.211.${process.pid % 250}`;
const url = `redis://:bench@${net}.1:6399`;

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr.trim()}`);
}

/** A bridge that this machine is at, too; each worker is behind a cable of its own. */
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

const children: ChildProcess[] = [];
function start(command: string, args: readonly string[], log: "inherit" | "ignore" = "ignore"): ChildProcess {
  const child = spawn(command, args, { detached: true, stdio: ["ignore", log, "inherit"] });
  children.push(child);
  return child;
}

function kill(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  try {
    if (child?.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // it has ended by itself
  }
}

const ended = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise((resolve) => child.once("exit", resolve));

function startWorker(n: number): ChildProcess {
  const where = `netns exec ${id}-${n} ${process.execPath} ${cli}`;
  return start("ip", `${where} worker --url ${url} --workers 1 --lost-after 5`.split(" "));
}

function startRun(out: string, remote: boolean): ChildProcess {
  const executor = ["--set", "executor.type=redis", "--set", `executor.url=${url}`];
  return start(process.execPath, [cli, "experiment", spec, "--out", out, ...(remote ? executor : [])]);
}

/** Lines of the journal: how far a run is. */
function progress(out: string): number {
  try {
    return readFileSync(path.join(out, name, "latest/journal.jsonl"), "utf8").split("\n").length - 1;
  } catch {
    return 0; // not begun
  }
}

/** Every promised file, by its hash. */
function digests(out: string): string {
  const folder = path.join(out, name, "latest");
  const files = ["results.csv", "epochs.csv", "experiment.yaml", ...globSync("trials/*/*", { cwd: folder })];
  const lines = files.sort().map((file) => {
    const hash = createHash("sha256").update(readFileSync(path.join(folder, file)));
    return `${file} ${hash.digest("hex")}`;
  });
  return lines.join("\n");
}

let isDifferent = false;
async function attempt(
  title: string,
  expected: string | undefined,
  work: (out: string) => Promise<number | null>,
): Promise<string> {
  const out = mkdtempSync(path.join(scratch, "out-"));
  const since = performance.now();
  const code = await work(out);
  if (code !== 0) throw new Error(`${title}: the run ended with exit code ${code}`);
  const found = digests(out);
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  const verdict = expected === undefined ? "" : found === expected ? "the same bytes" : "OTHER BYTES";
  if (verdict === "OTHER BYTES") isDifferent = true;
  console.log(`${title.padEnd(46)} ${seconds.padStart(6)} s  ${found.split("\n").length} files  ${verdict}`);
  return found;
}

try {
  layCables();
  start("redis-server", ["--bind", `${net}.1`, "--port", "6399", "--save", "", "--requirepass", "bench"]);
  const expected = await attempt("this machine alone", undefined, (out) => ended(startRun(out, false)));
  const lines = progress(globSync(path.join(scratch, "out-*"))[0]!);

  const workers = Array.from({ length: WORKERS }, (_, index) => startWorker(index + 1));
  await attempt(`${WORKERS} workers in namespaces`, expected, (out) => ended(startRun(out, true)));

  await attempt(`${WORKERS} workers, 2 of them killed`, expected, async (out) => {
    const run = startRun(out, true);
    for (const [index, share] of [0.2, 0.5].entries()) {
      while (run.exitCode === null && progress(out) < lines * share) await setTimeout(5);
      kill(workers[index], "SIGKILL");
    }
    return ended(run);
  });
} finally {
  for (const child of children) kill(child, "SIGKILL");
  await Promise.all(children.map(ended));
  removeCables();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = isDifferent ? 1 : 0;
