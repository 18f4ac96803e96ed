import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { comparePaired } from "@nn/insight";
import { readResults } from "@nn/results";
import { expect, test } from "vitest";

import { smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const sweep = smallSweep.replace("repeats: 2", "repeats: 3").replace("[0.03, 0.1]", "[0.0003, 0.03, 0.1]");

const compare = (folder: BenchFolder, ...args: readonly string[]) => folder.runProgram(["compare", ...args]);

test("the configurations of a sweep are ranked and compared over common seeds", async () => {
  const folder = prepare(sweep);
  expect((await folder.run()).code).toBe(0);
  const { code, out, err } = await compare(folder, "results/small");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/^What differs\n +A +B +C\noptimizer\.learningRate +0\.0003 +0\.03 +0\.1\n\n/);
  expect(out).toContain("By validation.accuracy, mean ± standard deviation over seeds\n");
  expect(out).toMatch(/\nA +small\/[0-9a-f]{12} +1–3 .* −\d+\.\d\d \(−\d+\.\d\d to [−\d.]+\) .* %/);
  expect(out).toMatch(
    /Of the 2 others, [12] (is|are) worse than [BC] beyond noise \(p-values adjusted by Holm/,
  );
  expect(out).toMatch(
    /Of the 200 test images, only the network of [BC] \(trial [47]\) classifies \d+ correctly, /,
  );

  const json = JSON.parse((await compare(folder, "results/small", "--json")).out);
  const accuracies = (from: number): number[] =>
    readResults(join(folder.runFolder(), "results.csv"))
      .rows.slice(from, from + 3)
      .map(({ validation }) => validation!.accuracy);
  const [best, , worst] = json.configurations;
  expect(worst).toMatchObject({
    label: "A",
    differingSettings: { "optimizer.learningRate": 0.0003 },
    comparison: comparePaired(accuracies(0), accuracies(best.label === "B" ? 3 : 6)),
  });

  const csv = (await compare(folder, "results/small", "--csv", "--where", "optimizer.learningRate < 0.05"))
    .out;
  expect(csv.split("\n")[0]).toMatch(/^label,run,trials,seeds,optimizer\.learningRate,validation\.accuracy,/);
  expect(csv.split("\n").slice(1, 3)).toEqual([
    expect.stringMatching(/^B,small\/[0-9a-f]{12},4 5 6,3,0\.03,/),
    expect.stringMatching(/^A,small\/[0-9a-f]{12},1 2 3,3,0\.0003,/),
  ]);
});

test("configurations with equal metrics are called the same, even with one seed each", async () => {
  const folder = prepare(
    smallSweep
      .replace("repeats: 2", "repeats: 1")
      .replace("optimizer.learningRate: [0.03, 0.1]", "training.clipNorm: [null, 1000000]"),
  );
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  const { out } = await compare(folder, "results/small");
  expect(out).toContain("A and B have the same validation.accuracy.");
  expect(out).not.toContain("better than");
});

test("runs, trials and tables can be mixed; one seed shows no noise", async () => {
  const folder = prepare(sweep);
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  cpSync(join(folder.runFolder(), "results.csv"), join(folder.path, "copy.csv"));
  const { code, out } = await compare(folder, "results/small/latest/trials/5", "copy.csv");
  expect(code).toBe(0);
  expect(out).toMatch(/\nB +copy\.csv +1–3 /);
  expect(out).toMatch(/\nA +small\/[0-9a-f]{12} +5 /);
  const two = await compare(folder, "results/small/latest/trials/1", "results/small/latest/trials/4");
  expect(two.out).toContain("have one seed each, so the noise of the seeds is unknown");
  const seeds = await compare(folder, "results/small/latest/trials/4", "results/small/latest/trials/5");
  expect(seeds.out).toContain("differ only in their seed");
  const one = await compare(folder, "results/small/latest/trials/1");
  expect(one.out).toContain("There is nothing to compare with");
});

test.each([1, 2])(
  "%d trainings of the same experiment with the same seeds are called identical",
  async (repeats) => {
    const folder = prepare(sweep.replace(/sweep:[^]*/, "").replace("repeats: 3", `repeats: ${repeats}`));
    expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
    const again = join(folder.path, "again/small");
    cpSync(join(folder.path, "results/small"), again, { recursive: true, verbatimSymlinks: true });
    const { out, err } = await compare(folder, "results/small", "again/small");
    expect(err).toBe("");
    expect(out.replaceAll(/\n */g, " ")).toContain(
      `A and B have the same settings and the same seed${repeats === 1 ? "" : "s"}, and their results are ` +
        "identical.",
    );
    expect(out).not.toMatch(/noise|only in their seed/);
    if (repeats > 1) return;
    const table = join(again, folder.runFolder().slice(-12), "results.csv");
    writeFileSync(table, readFileSync(table, "utf8").replace(/[^,]*,([^,]*,[^,]*\n)$/, "0.25,$1"));
    const other = (await compare(folder, "results/small", "again/small")).out.replaceAll(/\n */g, " ");
    expect(other).toMatch(/A and B have the same .*, but their results differ: validation\.accuracy by \d/);
  },
);

test("of a table outside of a run, the settings are called unknown", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, "").replace("repeats: 3", "repeats: 1"));
  const others = ["--set", "training.epochs=1", "--set", "seed=2", "--set", "name=other"];
  expect((await folder.run(others)).code).toBe(0);
  cpSync(join(folder.runFolder("other"), "results.csv"), join(folder.path, "copy.csv"));
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  const { code, out, err } = await compare(folder, "results/small", "copy.csv");
  expect(code).toBe(0);
  expect(err).toContain("notice: copy.csv is not in the folder of a run, so its settings, its data set and ");
  expect(out).toContain("The settings of copy.csv are not known, so what differs is not known either.\n");
  expect(out).toContain("have one seed each, so the noise of the seeds is unknown");
  expect(out).not.toMatch(/same settings|only in their seed/);
  const swept = readFileSync(join(folder.path, "copy.csv"), "utf8")
    .replace("seed,", "seed,training.epochs,")
    .replace("completed,2,", "completed,2,5,");
  folder.write("swept.csv", swept);
  const some = await compare(folder, "results/small", "swept.csv");
  expect(some.out).toMatch(/\ntraining\.epochs +1 +5\nThe other settings of swept\.csv are not known\.\n/);
  const alone = await compare(folder, "swept.csv");
  expect(alone.out + alone.err).not.toContain("not known");
});

test("trials of experiments with other seeds are not paired, and other validation images give a notice", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, ""));
  const names = ["a", "b"].map((name, index) => [`--set`, `seed=${index + 1}`, "--set", `name=${name}`]);
  for (const args of names) expect((await folder.run(args)).code).toBe(0);
  const { out, err } = await compare(folder, "results/a", "results/b");
  expect(err).toContain("notice: the validation images differ (seed)");
  expect(out).toContain("Welch's t-test, no common seeds");
  const byTest = await compare(folder, "results/a", "results/b", "--sort", "test.accuracy");
  expect(byTest.out).toContain("2 common seeds");
});

test("several paths: the conclusion is about the best of each, and a repeated path is named", async () => {
  const folder = prepare(sweep);
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  folder.write("spec.yaml", sweep.replace(/sweep:[^]*/, "").replace("name: small", "name: other"));
  const other = ["--set", "training.epochs=1", "--set", "optimizer.learningRate=1e-6"];
  expect((await folder.run(other)).code).toBe(0);
  const { out, err } = await compare(folder, "results/other", "results/small", "results/other/latest");
  expect(err).toBe("notice: results/other/latest and results/other are the same, so they are compared once");
  expect(out).toMatch(
    /\nThe best of each: [BCD] of small\/[0-9a-f]{12}, A of other\/[0-9a-f]{12}\.\n.* A[ ,.].*\n/,
  );

  const short = await compare(
    folder,
    "results/small",
    "--where",
    "learningRate < 0.05",
    "--columns",
    "units,rate",
  );
  expect(short).toMatchObject({ code: 2, err: expect.stringContaining("may mean several") });
  const unique = await compare(
    folder,
    "results/small",
    "--where",
    "learningRate < 0.05",
    "--columns",
    "momentum",
  );
  expect(unique.out).toMatch(/^What differs\n +A +B\noptimizer\.momentum /);
});

test("a run without validation images is compared by the test set, and the advice leads there", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, ""));
  const one = ["--set", "training.epochs=1"];
  expect((await folder.run(one)).code).toBe(0);
  expect((await folder.run([...one, "--set", "dataset.validation=0", "--set", "name=refit"])).code).toBe(0);
  const { out, err } = await compare(folder, "results/small", "results/refit");
  expect(err).toBe("");
  expect(out).toContain(
    "B has no validation.accuracy: it was trained without validation images. Both have test.accuracy: compare " +
      "them with --sort test.accuracy.",
  );
  const byTest = await compare(folder, "results/small", "results/refit", "--sort", "test.accuracy");
  expect(byTest.err).toContain("runs that were trained without validation images have no better metric");
  expect(byTest.err).not.toContain("rank by validation.accuracy");
});

test("a single run is told the other runs of its experiment, as the command takes them", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, ""));
  for (const epochs of [1, 2])
    expect((await folder.run(["--set", `training.epochs=${epochs}`])).code).toBe(0);
  const { out } = await compare(folder, "results/small");
  const [, name = ""] = /Other runs of this experiment: (results\/small\/[0-9a-f]{4,12})\.$/.exec(out) ?? [];
  const both = await compare(folder, "results/small", name);
  expect(both.out).toContain("training.epochs");
  expect(both.out).not.toContain("nothing to compare with");
});

test("over common seeds the other one may be better, and the summary says so", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, ""));
  const header = "trial,status,seed,rate,epochs,bestEpoch,parameters,multiplyAdds,";
  const metrics = "train.loss,train.accuracy,validation.loss,validation.accuracy,test.loss,test.accuracy";
  const rows = [
    [1, 1, "x", 0.9],
    [2, 2, "x", 0.9],
    [3, 3, "x", 0.99],
    [4, 1, "y", 0.91],
    [5, 2, "y", 0.92],
  ].map(
    ([trial, seed, rate, accuracy]) => `${trial},completed,${seed},${rate},1,1,9,9,1,1,1,${accuracy},1,1\n`,
  );
  folder.write("table.csv", `${header}${metrics}\n${rows.join("")}`);
  const { out } = await compare(folder, "table.csv");
  expect(out).toMatch(/\nA .* 93\.00 % [^]*\nB .* 91\.50 %/);
  expect(out).toContain("Over their 2 common seeds, the difference between B and A, 1.50 points (");
  const compareAccuracies = (accuracies: readonly number[]) => {
    const lines = rows.map((row, index) => row.replace(/[\d.]+,1,1\n$/, `${accuracies[index]},1,1\n`));
    folder.write("other.csv", `${header}${metrics}\n${lines.join("")}`);
    return compare(folder, "other.csv");
  };
  expect((await compareAccuracies([0.9, 0.9, 0.99, 0.9, 0.9])).out).toContain(
    "Over their 2 common seeds, A and B have the same validation.accuracy.",
  );
  // Two equal differences by chance are not certainty.
  const constant = (await compareAccuracies([0.9, 0.92, 0.99, 0.85, 0.87])).out.replaceAll("\n", " ");
  expect(constant).toContain(
    "A is better than B by 5.00 points with each of the 2 common seeds, so the noise of the seeds cannot be " +
      "estimated. Train more seeds of each (repeats: 5).",
  );
  expect(constant).not.toMatch(/beyond noise|p </);
});

test("a run without a completed trial is named, and runs on other data are not compared", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, "").replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const images = "digits.csv";
  const pixels = Array.from({ length: 12 }, (_, row) => `${row % 2},${Array(784).fill(row).join(",")}\n`);
  folder.write(images, pixels.join(""));
  const block = `{ type: csv, training: ./${images}, test: ./${images}, validation: 2, classes: 10 }`;
  const other = sweep.replace(/sweep:[^]*/, "").replace("{ type: mnist, validation: 100 }", block);
  folder.write("spec.yaml", other.replace("name: small", "name: other").replace("32", "5"));
  expect((await folder.run()).code).toBe(0);
  const { out, err } = await compare(folder, "results/small", "results/other");
  expect(err).toContain("notice: the data sets differ (dataset.type");
  expect(out).toContain("A and B were measured on different data");
});

test("ranking by the test set is possible, with a notice", async () => {
  const folder = prepare(sweep.replace("validation: 100", "validation: 0").replace(/sweep:[^]*/, ""));
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  const plain = await compare(folder, "results/small");
  expect(plain.err).toContain("notice: ranked by the test set: ");
  expect(plain.out).toContain("By test.accuracy");
});

test.each([
  [["nowhere"], "nowhere: there is no such run or file"],
  [
    ["results/small", "--sort", "accuracy"],
    '--sort: there is no metric "accuracy"\n  Give one of these: train.accuracy, validation.accuracy, test.accuracy',
  ],
  [
    ["results/small", "--where", "units > 0"],
    '--where: "units" may mean several metrics or settings\n' +
      "  Give one of these: model.layers[1].units, model.layers[4].units.",
  ],
  [["results/small", "--columns", "loss"], '"loss" may mean several metrics or settings'],
  [["results/small", "--columns", "optimizer.lr"], '--columns: there is no metric or setting "optimizer.lr"'],
  [["results/small", "--where", "optimizer.learningrate > 0"], 'did you mean "optimizer.learningRate"?'],
  [["results/small", "--where", "test.accuracy > 1"], "none of the 3 configurations satisfies it"],
  [["results/small", "--where", "seed"], '--where: "seed" is not a comparison'],
])("compare %j is refused with a clear message", async (args, message) => {
  const folder = prepare(sweep);
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  const { code, out, err } = await compare(folder, ...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(message);
  expect(err).not.toMatch(/^\s+at /m);
});

test("the numbers of a comparison are those of results.csv to the last digit", async () => {
  const folder = prepare(sweep.replace(/sweep:[^]*/, ""));
  expect((await folder.run(["--set", "repeats=1"])).code).toBe(0);
  const [, row = ""] = readFileSync(join(folder.runFolder(), "results.csv"), "utf8").split("\n");
  const csv = (await compare(folder, "results/small", "--csv")).out.split("\n")[1]!;
  const cells = row.split(",");
  expect(csv.split(",")).toEqual(expect.arrayContaining([cells.at(-3), cells.at(-1)]));
});

/** Changes the status of trials in results.csv and in the journal. */
function setStatus(folder: BenchFolder, status: string, trials: readonly number[]): void {
  for (const trial of trials) {
    replaceIn(folder, "results.csv", new RegExp(`^${trial},\\w+,`, "m"), `${trial},${status},`);
    const end = `"event":"trial-ended","trial":${trial},"status":"`;
    replaceIn(folder, "journal.jsonl", new RegExp(`${end}\\w+`), `${end}${status}`);
  }
}

function replaceIn(folder: BenchFolder, name: string, pattern: RegExp, replacement: string): void {
  const file = join(folder.runFolder(), name);
  const before = readFileSync(file, "utf8");
  expect(before).toMatch(pattern);
  writeFileSync(file, before.replace(pattern, replacement));
}

test("a configuration with a diverged trial ranks below the others in every command", async () => {
  const folder = prepare(
    smallSweep.replace("repeats: 2", "repeats: 3").replace("[0.03, 0.1]", "[0.000001, 0.1]"),
  );
  expect((await folder.run(["--set", "training.epochs=2"])).code).toBe(0);
  expect((await compare(folder, "results/small")).out).toMatch(/\nB .*\nA .*\n/);
  setStatus(folder, "diverged", [5]);
  const { out } = await compare(folder, "results/small");
  expect(out).toMatch(/\nA +small\/[0-9a-f]{12} +1–3 .*\nB +small\/[0-9a-f]{12} +4, 6 .*\n/);
  expect(out).toMatch(/B is better than A by .*, beyond noise/);
  expect(out.replaceAll("\n", " ")).toContain(
    "B ranks below A although its mean is better: its trial 5 diverged.",
  );
  const best = "Trial 1 is the first of 3 seeds of the best of 2 configurations by validation.accuracy.";
  const evaluated = await folder.runProgram(["evaluate", "results/small", "--data", "data"]);
  expect(evaluated.out).toContain(best);
  const exported = await folder.runProgram(["export", "results/small", "--to", "json", "--out", "x.json"]);
  expect(exported.out).toContain(best);
  const runs = JSON.parse((await folder.runProgram(["runs", "--out", "results", "--json"])).out);
  expect(runs[0].parameters).toEqual({ "optimizer.learningRate": "0.000001" });
});

test("a difference of a configuration with a diverged trial is not counted as a loss", async () => {
  const folder = prepare(sweep.replace("[0.0003, 0.03, 0.1]", "[0.000001, 0.000002, 0.1]"));
  expect((await folder.run(["--set", "training.epochs=2"])).code).toBe(0);
  setStatus(folder, "diverged", [4, 9]);
  const { out } = await compare(folder, "results/small");
  expect(out).toMatch(/\nA .*\nC .*\nB .*\n/);
  expect(out.replaceAll("\n", " ")).toContain("Of the 2 others, 0 are worse than A beyond noise");
});

test("configurations without a completed trial are named, with the reason", async () => {
  const folder = prepare(sweep);
  expect((await folder.run(["--set", "training.epochs=1"])).code).toBe(0);
  setStatus(folder, "diverged", [1, 2, 3]);
  setStatus(folder, "pruned", [5]);
  const name = `small/${folder.runFolder().slice(-12)}`;
  const { code, out, err } = await compare(folder, "results/small");
  expect(code).toBe(0);
  expect(out).toMatch(/^What differs\n +A +B\n/);
  expect(err.split("\n")).toEqual([
    `notice: ${name}: leaving out 1 of 3 configurations, which have no completed trial: trials 1–3 diverged`,
    `notice: ${name}: ignoring trials that did not complete: trial 5 was pruned`,
  ]);

  const trials = [1, 4].map((trial) => `results/small/latest/trials/${trial}`);
  expect((await compare(folder, ...trials)).err).toBe(`notice: ${name}: trial 1 diverged, so it is left out`);
  expect(await compare(folder, trials[0]!)).toMatchObject({
    code: 2,
    err: expect.stringMatching(
      /no trial of this run is completed: trial 1 diverged\n +Choose another trial\./,
    ),
  });
});

test("of a run without a completed trial, every command says how its trials ended and what to try", async () => {
  const folder = prepare(sweep.replace("[0.0003, 0.03, 0.1]", "[1.0e29, 1.0e30]"));
  expect((await folder.run()).code).toBe(0);
  const rate = "Against divergence, try a smaller optimizer.learningRate";
  for (const args of [
    ["compare", "results/small"],
    ["evaluate", "results/small", "--data", "data"],
    ["export", "results/small", "--to", "json"],
  ]) {
    const { code, err } = await folder.runProgram(args);
    expect(code).toBe(2);
    expect(err).toContain("no trial of this run is completed: trials 1–6 diverged\n");
    expect(err).toContain(`  All its trials have ended. ${rate}`);
  }
  const refit = await folder.runProgram(["refit", "results/small"]);
  expect(refit.err).toContain(`no best.yaml: trials 1–6 diverged\n  All its trials have ended. ${rate}`);
  const one = await folder.runProgram(["evaluate", "results/small", "--trial", "2", "--data", "data"]);
  expect(one.err).toContain(`Only completed trials have a network. All its trials have ended. ${rate}`);
  const { out } = await folder.runProgram(["runs", "--out", "results"]);
  expect(out).toMatch(/ 6 of 6, 6 diverged +–/);
  expect(out).not.toContain("learningRate");

  setStatus(folder, "pruned", [1, 2, 3, 4, 5, 6]);
  expect((await compare(folder, "results/small")).err).toMatch(
    /trials 1–6 were pruned\n +All its trials have ended\. So that trials complete, change sweep\.pruner /,
  );
  expect((await folder.runProgram(["runs", "--out", "results"])).out).toMatch(/ 6 of 6, 6 pruned +–/);
  setStatus(folder, "failed", [6]);
  expect((await compare(folder, "results/small")).err).toContain("Run its experiment to the end.");
});

test("runs on changed data are not compared without a notice", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).code).toBe(0);
  const file = join(folder.path, "data/mnist/train-images-idx3-ubyte");
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = 200;
  writeFileSync(file, bytes);
  expect(
    (await folder.runProgram(["experiment", "spec.yaml", "--data", "data", "--out", "other"])).code,
  ).toBe(0);
  const { err } = await folder.runProgram(["compare", "results/small", "other/small"]);
  expect(err).toContain("notice: the images or labels of mnist were changed between the runs");
});

test("of two trainings on changed data, the conclusion names a metric that differs, and the data", async () => {
  const text = smallSweep.slice(0, smallSweep.indexOf("sweep:"));
  for (const repeats of [1, 2]) {
    const folder = prepare(text.replace("repeats: 2", `repeats: ${repeats}`));
    expect((await folder.run()).code).toBe(0);
    const file = join(folder.path, "data/mnist/t10k-labels-idx1-ubyte");
    const bytes = readFileSync(file);
    for (const image of [8, 9, 10, 11]) bytes[image] = (bytes[image]! + 1) % 10;
    writeFileSync(file, bytes);
    expect((await folder.run(["--out", "other"])).code).toBe(0);
    const { out } = await folder.runProgram(["compare", "results/small", "other/small"]);
    expect(out).toMatch(/same seeds?, but their results differ: test\.(accuracy|loss) by \d\S+( points)?\. /);
    expect(out).toContain("The images or labels of mnist were changed between their runs.");
  }
});
