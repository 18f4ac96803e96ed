import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { encodeOnnx, exportFormats } from "@nn/formats";
import { readResults } from "@nn/results";
import { workspaceFolder } from "@nn/runner/environment";
import { decodeNetwork } from "@nn/training";
import { expect, test } from "vitest";

import { findOwningRun } from "../src/runs/run-files.ts";
import { smallConvolutions, smallSweep, type BenchFolder } from "./support/bench-folder.ts";
import { runProgram } from "./support/program.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const oneTrial = smallSweep.replace(/repeats: 2\n/, "").replace(/sweep:[^]*/, "");

function exportRun(folder: BenchFolder, ...args: readonly string[]) {
  return runProgram(["export", ...args], folder.path);
}

test("export writes each format under the name of the experiment and the trial, the same bytes each time", async () => {
  const folder = prepare(smallSweep);
  expect((await folder.run()).code).toBe(0);
  for (const [name, { extension, encode }] of Object.entries(exportFormats)) {
    const { code, out, err } = await exportRun(folder, "results/small", "--trial", "2", "--to", name);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const file = `small-2${extension}`;
    expect(out).toContain(`Wrote ${file}: `);
    expect(out).toMatch(new RegExp(`^Open it: .*[ (]'?${file}'?\\)*$`, "m"));
    const model = join(folder.runFolder(), "trials/2/model.safetensors");
    const expected = encode(decodeNetwork(readFileSync(model), model));
    expect(readFileSync(join(folder.path, file)).equals(expected)).toBe(true);
  }
  const onnx = await exportRun(folder, "results/small", "--to", "onnx", "--out", "best.onnx");
  expect(onnx.out).toMatch(/^Trial \d is the first of 2 seeds of the best of 2 configurations by validation/);
  expect(onnx.out).toMatch(
    /image +\(N, 28, 28, 1\)[^]*logits +\(N, 10\)[^]*probabilities +\(N, 10\).*softmax/,
  );
});

test.skipIf(process.platform === "win32")(
  "the printed command opens a file of any name, and runs no other",
  async () => {
    const folder = prepare(oneTrial.replace("epochs: 8", "epochs: 1"));
    expect((await folder.run()).code).toBe(0);
    const name = `-q'"$(touch ran)\\.json`;
    const { out } = await exportRun(folder, "results/small", "--to", "json", `--out=${name}`);
    const [, command] = /^Open it: (.*)$/m.exec(out)!;
    const opened = spawnSync("sh", ["-c", command!], { cwd: folder.path, encoding: "utf8" });
    expect(opened).toMatchObject({ status: 0, stdout: expect.stringMatching(/weight|0/), stderr: "" });
    expect(existsSync(join(folder.path, "ran"))).toBe(false);
    const onnx = exportFormats.onnx.open(name);
    expect(onnx.at(-1)).toBe(name);
    expect(exportFormats.safetensors.open(name)).toContain(String.raw`load('-q\'"$(touch ran)\\.json')`);
  },
);

test("a file that a run writes is never replaced, also with --force and through links", async () => {
  const folder = prepare(`${smallSweep.replace("epochs: 8", "epochs: 1")}loggers: [{ type: tensorboard }]\n`);
  expect((await folder.run()).code).toBe(0);
  const run = folder.runFolder();
  const names = readdirSync(run, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(run, name)).isFile());
  expect(files).toEqual(
    expect.arrayContaining([
      "results.csv",
      "best.yaml",
      "trials/1/model.safetensors",
      "trials/4/classes.csv",
    ]),
  );
  for (const name of [...files, "lock", "profile.json", "trials/1/error.txt"])
    expect({ name, run: findOwningRun(join(run, name)) }).toEqual({ name, run: realpathSync(run) });
  for (const name of ["report.html", "small.onnx", "trials/1/small.onnx"])
    expect({ name, run: findOwningRun(join(run, name)) }).toEqual({ name, run: undefined });

  const model = join(run, "trials/1/model.safetensors");
  const before = readFileSync(model);
  symlinkSync(model, join(folder.path, "link.safetensors"));
  symlinkSync(join(run, "trials"), join(folder.path, "trials"));
  for (const out of [model, "results/small/latest/trials/1/model.safetensors", "link.safetensors"]) {
    const args = ["results/small", "--to", "safetensors", "--force", "--out", out];
    const { code, err } = await exportRun(folder, ...args);
    expect(code).toBe(2);
    expect(err).toContain(`--out: ${out} is a file of the run `);
  }
  expect(readFileSync(model).equals(before)).toBe(true);
  const absent = ["results/small", "--to", "json", "--force", "--out", "trials/2/error.txt"];
  expect((await exportRun(folder, ...absent)).code).toBe(2);
});

test("an existing file is replaced only with --force, and a folder is never replaced", async () => {
  const folder = prepare(oneTrial.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  folder.write("small-1.onnx", "mine");
  const refused = await exportRun(folder, "results/small", "--to", "onnx");
  expect(refused).toMatchObject({ code: 2, out: "" });
  expect(refused.err).toContain("small-1.onnx: this file already exists");
  expect(readFileSync(join(folder.path, "small-1.onnx"), "utf8")).toBe("mine");

  const forced = await exportRun(folder, "results/small", "--to", "onnx", "--force");
  expect(forced.out).toContain("Wrote small-1.onnx, replacing the earlier file");
  const model = join(folder.runFolder(), "trials/1/model.safetensors");
  const expected = encodeOnnx(decodeNetwork(readFileSync(model), model));
  expect(readFileSync(join(folder.path, "small-1.onnx")).equals(expected)).toBe(true);

  const intoFolder = await exportRun(folder, "results/small", "--to", "json", "--out", "data", "--force");
  expect(intoFolder).toMatchObject({ code: 2, err: expect.stringContaining("--out: data is a folder") });
  const nowhere = await exportRun(folder, "results/small", "--to", "json", "--out", "no/where.json");
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringMatching(/^error: .*no\/where\.json/) });
});

test("a model.safetensors outside of a run is exported under its own name", async () => {
  const folder = prepare(oneTrial.replace("epochs: 8", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  cpSync(join(folder.runFolder(), "trials/1/model.safetensors"), join(folder.path, "mine.safetensors"));
  expect(await exportRun(folder, "mine.safetensors", "--to", "onnx")).toMatchObject({ code: 0 });
  expect(existsSync(join(folder.path, "mine.onnx"))).toBe(true);
  const itself = await exportRun(folder, "mine.safetensors", "--to", "safetensors");
  expect(itself).toMatchObject({
    code: 2,
    err: expect.stringContaining("mine.safetensors: this file already exists"),
  });
});

test("an unknown format is rejected, and so is a missing one", async () => {
  const folder = prepare(oneTrial);
  const wrong = await exportRun(folder, "results/small", "--to", "keras");
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("onnx, safetensors, json") });
  const none = await exportRun(folder, "results/small");
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining("'--to <format>' not specified") });
});

test("a notice says that test-time augmentation is not in the exported file", async () => {
  const views = "evaluation: { views: 3, augment: [{ type: shift, pixels: 1 }] }\n";
  const folder = prepare(oneTrial.replace("epochs: 8", "epochs: 1") + views);
  expect((await folder.run()).code).toBe(0);
  const { code, err } = await exportRun(folder, "results/small", "--to", "onnx");
  expect(code).toBe(0);
  expect(err).toMatch(/^notice: the experiment evaluates the mean of 3 views of each image/);
});

test("a network with a custom layer cannot become ONNX: a clear message, no file, no stack trace", async () => {
  const folder = prepare(
    oneTrial.replace("type: relu", "type: ./swish.ts").replace("epochs: 8", "epochs: 1"),
  );
  folder.write("swish.ts", readFileSync(join(workspaceFolder, "experiments/layers/swish.ts"), "utf8"));
  expect(await folder.run()).toMatchObject({ code: 0 });
  const { code, err } = await exportRun(folder, "results/small", "--to", "onnx");
  expect(code).toBe(1);
  expect(err).toMatch(/^error: .*the custom layer ".\/swish.ts" cannot be exported/);
  expect(err).not.toMatch(/^\s+at /m);
  expect(existsSync(join(folder.path, "small-1.onnx"))).toBe(false);
  expect(await exportRun(folder, "results/small", "--to", "safetensors")).toMatchObject({ code: 0 });
});

/** A Python that has PyTorch; undefined if there is none. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import torch"]).status === 0,
);

test.skipIf(python === undefined)(
  "the program for PyTorch in docs/networks.md gives the same accuracy",
  async () => {
    const folder = prepare(smallConvolutions.replaceAll("type: tanh", "type: relu"));
    expect((await folder.run()).code).toBe(0);
    expect(await exportRun(folder, "results/small", "--to", "safetensors")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Open it: with the programs for NumPy and PyTorch in docs\/networks\.md/m),
    });
    const programs = readFileSync(join(workspaceFolder, "docs/networks.md"), "utf8").matchAll(
      /```python\n([^]*?)```/g,
    );
    const [forNumpy, forTorch] = [...programs].map(([, text]) => text).filter((text) => /^def /m.test(text!));
    const check = `
import sys
def idx(path, start):
    return np.frombuffer(open(path, "rb").read(), "u1")[start:]
images = idx(sys.argv[1], 16).reshape(-1, 28, 28, 1)
tensors, metadata = load("small-1.safetensors")
x = torch.tensor(images / 255, dtype=torch.float32).permute(0, 3, 1, 2)
try:
    network(*load(sys.argv[3]))
except ValueError as error:
    print(error, file=sys.stderr)
print((network(tensors, metadata)(x).argmax(1).numpy() == idx(sys.argv[2], 8)).mean())
`;
    folder.write("load.py", `${forNumpy}${forTorch}${check}`);
    const [images, labels] = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"].map((name) =>
      join("data/mnist", name),
    );
    const model = join(folder.runFolder(), "trials/1/model.safetensors");
    const { stdout: printed, stderr } = spawnSync(python!, ["load.py", images!, labels!, model], {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect(stderr).toContain("expected a file of `export --to safetensors`, got that of a run");
    const [row] = readResults(join(folder.runFolder(), "results.csv")).rows;
    expect(Number(printed)).toBeCloseTo(row!.test!.accuracy, 12);
  },
);
