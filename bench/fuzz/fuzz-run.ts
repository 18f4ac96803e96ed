import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";

import { compareCommand } from "../../packages/cli/src/commands/compare.ts";
import { evaluateCommand } from "../../packages/cli/src/commands/evaluate.ts";
import { experimentCommand } from "../../packages/cli/src/commands/experiment.ts";
import { exportCommand } from "../../packages/cli/src/commands/export.ts";
import { predictCommand } from "../../packages/cli/src/commands/predict.ts";
import { runsCommand } from "../../packages/cli/src/commands/runs.ts";
import type { Terminal } from "../../packages/cli/src/terminal/terminal.ts";
import { decodeSafetensors } from "../../packages/results/src/index.ts";
import { RandomChoices } from "./random-choices.ts";
import { corruptFile } from "./corrupt-file.ts";
import { experimentOptions, type FuzzInputs } from "./fuzz-inputs.ts";
import { checkOutcome, captureOutcome, type FuzzResult, type CommandOutcome } from "./command-outcome.ts";

/** A command of the fuzzer. */
interface Command {
  readonly name: string;
  /** The results folder and the run in it. */
  readonly work: (out: string, run: string, terminal: Terminal) => Promise<number> | number;
}

/** The outputs of the commands for the undamaged run. */
const intact = new Map<string, CommandOutcome>();

/** Copies the run, corrupts some of its files, and runs several commands on it. */
export async function fuzzRun(seed: number, folder: string, material: FuzzInputs): Promise<FuzzResult> {
  const chance = new RandomChoices(seed, "runs");
  const out = path.join(folder, "results");
  const run = path.join(out, "fuzz", material.fingerprint);
  mkdirSync(path.dirname(run), { recursive: true });
  cpSync(material.run, run, { recursive: true, preserveTimestamps: true });
  symlinkSync(material.fingerprint, path.join(out, "fuzz", "latest"));
  const files = readdirSync(run, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(path.join(run, name)).isFile() && !/lock/.test(name))
    .sort();
  // The files that every command reads are corrupted most often.
  const main = ["results.csv", "experiment.yaml", "environment.json", "journal.jsonl"];
  const chosen = new Set<string>();
  const count = chance.weighted([
    [6, 1],
    [2, 2],
    [1, 3],
  ]);
  while (chosen.size < count) {
    const models = files.filter((name) => name.endsWith(".safetensors"));
    chosen.add(chance.one(chance.one([main, models, files])));
  }
  const damages = [...chosen].map((name) =>
    Object.assign(corruptFile(path.join(run, name), chance), { name }),
  );
  const faults: string[] = [];
  let hasError = false;
  const names = [
    ...damages.flatMap(({ name }) => [name, path.dirname(name)]),
    run,
    `${path.dirname(run)}:`,
    "--where:",
  ].filter((name) => name !== ".");
  // If a path to the data is corrupted, the message names the data.
  if (damages.some(({ name }) => /environment|model/.test(name))) names.push("train.csv", "test.csv");
  const commands = [commandOf(chance, material, folder), commandOf(chance, material, folder)];
  if (chance.is(0.03)) commands.push(resume(material));
  for (const { name, work } of commands) {
    const outcome = await captureOutcome((terminal) => work(out, run, terminal));
    hasError ||= outcome.code !== 0;
    const own = checkOutcome(outcome, names);
    if (outcome.code === 0)
      own.push(...(await silentFaults(name, work, outcome, { run, damages, material })));
    faults.push(...own.map((fault) => `${name}: ${fault}`));
  }
  faults.push(...leftovers(folder));
  return { kind: hasError ? "error" : "answer", what: damages.map(({ what }) => what).join("; "), faults };
}

interface Found {
  readonly run: string;
  readonly damages: readonly { readonly name: string; readonly isNoticeable: boolean }[];
  readonly material: FuzzInputs;
}

/** Returns the violations in an answer: it differs from that for the intact run, without an explanation. */
async function silentFaults(
  name: string,
  work: Command["work"],
  { out, err }: CommandOutcome,
  { run, damages, material }: Found,
): Promise<string[]> {
  const faults = /\bNaN\b|undefined/.test(out)
    ? [`the answer has NaN or undefined: ${out.slice(0, 300)}`]
    : [];
  if (name === "experiment") {
    if (damages.some(({ name: file, isNoticeable }) => file === "journal.jsonl" && !isNoticeable))
      return faults;
    for (const table of ["results.csv", "epochs.csv"]) {
      if (!readFileSync(path.join(run, table)).equals(readFileSync(path.join(material.run, table))))
        faults.push(`${table} has other bytes after the resumption`);
    }
    return faults;
  }
  if (name.startsWith("runs")) {
    if (!`${out}${err}`.includes(material.fingerprint)) faults.push("the run is neither listed nor reported");
    return faults;
  }
  if (damages.some(({ isNoticeable }) => !isNoticeable) || err !== "") return faults;
  const results = path.dirname(path.dirname(material.run));
  const known =
    intact.get(name) ?? (await captureOutcome((terminal) => work(results, material.run, terminal)));
  intact.set(name, known);
  const plain = (text: string, from: string): string =>
    text
      .replaceAll(from, "RESULTS")
      .replaceAll(/cases.runs-\d+/g, "")
      .replace(", replacing the earlier file", "");
  if (plain(out, path.dirname(path.dirname(run))) !== plain(known.out, results))
    faults.push(`a different answer without a word: ${out.slice(0, 300)}`);
  return faults;
}

/** Returns the temporary and incomplete files that the commands have left behind. */
function leftovers(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const faults = names.filter((name) => name.endsWith(".tmp")).map((name) => `${name} is left`);
  const file = path.join(folder, "exported.safetensors");
  if (existsSync(file)) decodeSafetensors(readFileSync(file), file);
  const json = path.join(folder, "exported.json");
  if (existsSync(json)) JSON.parse(readFileSync(json, "utf8"));
  return faults;
}

function resume({ spec }: FuzzInputs): Command {
  return {
    name: "experiment",
    work: (out, _run, terminal) => experimentCommand(spec, { ...experimentOptions, out }, terminal),
  };
}

function commandOf(chance: RandomChoices, material: FuzzInputs, folder: string): Command {
  const trial = chance.is(0.4) ? chance.integer(1, 4) : undefined;
  const form = chance.one(["text", "json", "csv"] as const);
  const json = form === "json";
  const to = chance.one(["onnx", "safetensors", "json"] as const);
  const options = {
    where: chance.is(0.3) ? [chance.one(["optimizer.learningRate < 0.05", "test.accuracy >= 0"])] : [],
    ...(chance.is(0.3) && { sort: chance.one(["test.accuracy", "validation.loss", "train.loss"]) }),
    ...(chance.is(0.3) && { columns: "test.loss,optimizer.learningRate" }),
    ...(form !== "text" && { [form]: true }),
  };
  const target = path.join(folder, `exported.${to}`);
  const isAbove = chance.is(0.2);
  const where = (run: string): string => (isAbove ? path.dirname(run) : run);
  return chance.weighted<Command>([
    [2, { name: `runs ${json}`, work: (out, _run, terminal) => runsCommand([], { out, json }, terminal) }],
    [
      4,
      {
        name: `compare ${JSON.stringify(options)}`,
        work: (_out, run, terminal) => compareCommand([where(run)], options, terminal),
      },
    ],
    [
      2,
      {
        name: `evaluate ${trial} ${json}`,
        work: (_out, run, terminal) => evaluateCommand(where(run), { trial, json }, terminal),
      },
    ],
    [
      2,
      {
        name: `predict ${trial} ${form}`,
        work: (_out, run, terminal) =>
          predictCommand(
            where(run),
            [material.image],
            { trial, top: 3, style: "picture", [form]: true },
            terminal,
          ),
      },
    ],
    [
      2,
      {
        name: `export ${trial} ${to}`,
        work: (_out, run, terminal) =>
          exportCommand(where(run), { trial, to, out: target, force: true }, terminal),
      },
    ],
  ]);
}
