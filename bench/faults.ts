// Runs a sweep through faults and compares results.csv, epochs.csv and the weights with those of a quiet run, byte by byte: random kills
// (SIGKILL of the coordinator, of a worker, of both), a disk that is full, a worker frozen by SIGSTOP. The sweep has a sampler that
// learns, a pruner and repeats. Ends with exit code 1 when a byte differs, or a row is lost or doubled.
//
//   pnpm run bench:faults            100 kills
//   pnpm run bench:faults 20         20 kills
//   pnpm run bench:faults 20 7       the same, other moments: the seed of the script's own chance
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

const root = path.dirname(import.meta.dirname);
const cli = path.join(root, "packages/runner/src/cli.ts");
const kills = Number(process.argv[2] ?? 100);
let state = Number(process.argv[3] ?? 1) >>> 0;
const scratch = mkdtempSync(path.join(tmpdir(), "nn-faults-"));

/** Uniform in [0, 1): chance decides when and what, and a failure can be had again by its seed. */
function chance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const spec = (seed: number): string => `
name: faults
seed: ${seed}
repeats: 2
dataset: { type: mnist, validation: 10000 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 256 }
    - { type: relu }
    - { type: dropout, rate: 0.2 }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 9 }
sweep:
  sampler: { type: tpe, trials: 27, generation: 9, startup: 9 }
  pruner: { type: successive-halving, eta: 3 }
  parameters:
    optimizer.learningRate: { type: float, min: 0.003, max: 0.3, scale: log }
    model.layers[3].rate: { type: float, min: 0, max: 0.5 }
`;

class Run {
  readonly #child: ChildProcess;
  #output = "";
  readonly exit: Promise<number | null>;
  /** `limit`: in blocks of 512 bytes, the largest file; a write beyond it is refused in its middle, as by a full disk. */
  constructor(file: string, out: string, limit = 0) {
    const command = [process.execPath, cli, "experiment", file, "--out", out, "--workers", "2"];
    const args = [...command, "--checkpoint-every", "0.2", "--hung-after", "10"];
    const script = limit > 0 ? `trap "" XFSZ; ulimit -f ${limit}; exec "$0" "$@"` : `exec "$0" "$@"`;
    this.#child = spawn("sh", ["-c", script, ...args], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
    this.#child.stdout?.on("data", (text: Buffer) => (this.#output += text.toString()));
    this.#child.stderr?.on("data", (text: Buffer) => (this.#output += text.toString()));
    this.exit = new Promise((resolve) => this.#child.once("exit", resolve));
  }
  get output(): string {
    return this.#output;
  }
  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
  get workers(): number[] {
    const { stdout } = spawnSync("pgrep", ["-P", String(this.#child.pid)], { encoding: "utf8" });
    return stdout.split("\n").filter(Boolean).map(Number);
  }
  /** The coordinator alone; its workers end by themselves. */
  killCoordinator(): void {
    this.#child.kill("SIGKILL");
  }
  killAll(): void {
    signal(-this.#child.pid!, "SIGKILL");
  }
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // it has just ended by itself
  }
}

/** Every promised file of a run, by its hash. */
function digests(out: string): Map<string, string> {
  const folder = path.join(out, "faults/latest");
  const files = [
    "results.csv",
    "epochs.csv",
    ...globSync("trials/*/{model,checkpoint}.safetensors", { cwd: folder }),
  ];
  return new Map(
    files.sort().map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(path.join(folder, file)))
        .digest("hex"),
    ]),
  );
}

const counts = { coordinator: 0, worker: 0, both: 0, frozen: 0, "disk full": 0 };
let sweeps = 0;
let differing = 0;
const killed = (): number => counts.coordinator + counts.worker + counts.both;

try {
  while (killed() < kills) {
    sweeps++;
    const file = path.join(scratch, `faults-${sweeps}.yaml`);
    writeFileSync(file, spec(sweeps));
    const quiet = path.join(scratch, `quiet-${sweeps}`);
    const undisturbed = new Run(file, quiet);
    const code = await undisturbed.exit;
    if (code !== 0) throw new Error(`the quiet run ended with exit code ${code}:\n${undisturbed.output}`);

    const out = path.join(scratch, `faults-${sweeps}`);
    let frozen = false;
    let full = 0;
    let run = new Run(file, out);
    while (killed() < kills) {
      await setTimeout(500 + 2000 * chance());
      if (run.isOver) {
        if ((await run.exit) === 0) break;
        run = new Run(file, out);
        continue;
      }
      const { workers } = run;
      const [worker] = workers.slice(Math.floor(chance() * workers.length));
      const what = chance();
      if (!frozen && worker !== undefined && killed() > kills / 3) {
        frozen = true;
        counts.frozen++;
        signal(worker, "SIGSTOP");
        await setTimeout(12_000);
      } else if (full < 2 && killed() > ((full + 1) * kills) / 4) {
        full++;
        run.killAll();
        await run.exit;
        const journal = path.join(out, "faults/latest/journal.jsonl");
        const size = existsSync(journal) ? readFileSync(journal).length : 0;
        // The next line of the journal, or the next weights, do not fit any more.
        const refused = new Run(file, out, Math.floor(size / 512) + 2);
        const refusal = await refused.exit;
        if (refusal === 0) throw new Error("a full disk was not noticed");
        if (/Unexpected error|\n +at /.test(refused.output)) throw new Error(refused.output);
        counts["disk full"]++;
        run = new Run(file, out);
      } else if (what < 1 / 3 && worker !== undefined) {
        signal(worker, "SIGKILL");
        counts.worker++;
      } else if (what < 2 / 3) {
        run.killCoordinator();
        counts.coordinator++;
        await run.exit;
        run = new Run(file, out);
      } else {
        run.killAll();
        counts.both++;
        await run.exit;
        run = new Run(file, out);
      }
    }
    for (let attempt = 0; (await run.exit) !== 0; attempt++) {
      if (attempt === 3) throw new Error(`the sweep does not end:\n${run.output}`);
      run = new Run(file, out);
    }
    const [expected, found] = [digests(quiet), digests(out)];
    const same =
      expected.size === found.size && [...expected].every(([name, hash]) => found.get(name) === hash);
    if (!same) differing++;
    const results = expected.get("results.csv")?.slice(0, 16);
    console.log(
      `sweep ${sweeps}: ${readFileSync(path.join(out, "faults/latest/results.csv"), "utf8").trim().split("\n").length - 1} trials, ${expected.size} files, ` +
        `results.csv ${results}: ${same ? "the same bytes" : "THE BYTES DIFFER"}`,
    );
    for (const [name, hash] of expected) if (found.get(name) !== hash) console.log(`  ${name} differs`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const told = Object.entries(counts).map(([what, count]) => `${what} ${count}`);
console.log(`${killed()} kills: ${told.join(", ")}; ${sweeps} sweeps`);
process.exitCode = differing === 0 ? 0 : 1;
