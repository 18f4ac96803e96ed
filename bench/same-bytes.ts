// Runs one sweep in several ways and compares results.csv and epochs.csv byte by byte: with one and two
// workers, two and three threads, 128-bit and 256-bit vectors, and resumed after each of five kills (SIGKILL
// to the whole process group). Exits with code 1 if a byte differs.
//
//   pnpm run bench:same-bytes      experiments/mnist-mlp-sweep.yaml: 12 configurations × 2 seeds
//   pnpm run bench:same-bytes experiments/quickstart.yaml
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

import { cliPath, Program } from "./program.ts";
import { countJournalLines, hashResultFiles } from "./result-files.ts";

const root = path.dirname(import.meta.dirname);
const spec = path.resolve(
  process.env["INIT_CWD"] ?? ".",
  process.argv[2] ?? path.join(root, "experiments/mnist-mlp-sweep.yaml"),
);
if (!existsSync(spec)) {
  console.error(`There is no ${spec}. Usage: pnpm run bench:same-bytes [SPEC]`);
  process.exit(2);
}
const name = /^name: *(\S+)/m.exec(readFileSync(spec, "utf8"))?.[1] ?? "";
const scratch = mkdtempSync(path.join(tmpdir(), "nn-same-bytes-"));

/** Runs the sweep. With `killAt`, kills its process group when the journal has this number of lines. */
async function run(out: string, flags: readonly string[], killAt = Infinity): Promise<"ended" | "killed"> {
  const program = new Program(process.execPath, [cliPath, "experiment", spec, "--out", out, ...flags]);
  if (killAt < Infinity) {
    while (!program.isOver && countJournalLines(out, name) < killAt) await setTimeout(5);
    if (!program.isOver) {
      program.signal("SIGKILL");
      await program.ended;
      return "killed";
    }
  }
  const code = await program.ended;
  if (code !== 0) throw new Error(`the run ended with exit code ${code}:\n${program.output}`);
  return "ended";
}

const ways: { title: string; flags: string[]; kills?: number }[] = [
  { title: "1 worker", flags: ["--workers", "1"] },
  { title: "2 workers", flags: ["--workers", "2"] },
  { title: "2 workers, 128-bit", flags: ["--workers", "2", "--simd", "128"] },
  { title: "2 threads", flags: ["--threads", "2"] },
  { title: "3 threads", flags: ["--threads", "3"] },
  { title: "2 workers, killed 5 times", flags: ["--workers", "2"], kills: 5 },
];

const digests = new Set<string>();
let lines = 0;
for (const { title, flags, kills = 0 } of ways) {
  const out = mkdtempSync(path.join(scratch, "out-"));
  let killed = 0;
  for (let kill = 1; kill <= kills; kill++) {
    // A kill adds events of its own, as what was running starts again; the moments are spread over a quiet
    // run's.
    const moment = Math.floor((lines * (kill - 0.7)) / kills) + 1;
    if ((await run(out, flags, moment)) === "killed") killed++;
  }
  await run(out, flags);
  if (kills === 0) lines = countJournalLines(out, name);
  const files = hashResultFiles(out, name);
  const [results = "", epochs = ""] = [files.get("results.csv"), files.get("epochs.csv")];
  digests.add(`${results} ${epochs}`);
  const note = kills > 0 ? `, ${killed} kills` : "";
  console.log(
    `${title.padEnd(28)} results.csv ${results.slice(0, 16)}  epochs.csv ${epochs.slice(0, 16)}${note}`,
  );
  if (killed < kills) throw new Error("the run ended before it could be killed as often as it should");
}
rmSync(scratch, { recursive: true });
console.log(digests.size === 1 ? "the same bytes in all cases" : "THE BYTES DIFFER");
process.exitCode = digests.size === 1 ? 0 : 1;
