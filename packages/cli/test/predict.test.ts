import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readResults } from "@nn/results";
import { workspaceFolder } from "@nn/runner/environment";
import { encode } from "fast-png";
import { expect, test } from "vitest";

import type { BenchFolder } from "./support/bench-folder.ts";
import { runProgram } from "./support/program.ts";
import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();
const spec = `
name: small
dataset: { type: mnist, validation: 0 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1 }
training: { epochs: 1, batchSize: 50 }
`;

/** A white sheet with a black bar, as a PNG file. */
function writeBar(folder: BenchFolder, name: string, [width, height] = [120, 160] as const): void {
  const data = Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return x > 50 && x < 60 && y > 30 && y < 120 ? 0 : 255;
  });
  writeFileSync(join(folder.path, name), encode({ width, height, data, channels: 1 }));
}

test("predict shows the prepared images, and prints all probabilities as JSON and CSV", async () => {
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  writeBar(folder, "bar.png");
  const shown = await runProgram(["predict", "results/small", "bar.png", "--top", "2"], folder.path);
  expect(shown).toMatchObject({ code: 0, err: "" });
  const lines = shown.out.split("\n");
  expect(lines[0]).toMatch(/trials\/1\/model\.safetensors$/);
  expect(lines[2]).toBe("bar.png");
  // The bar is 20 of 28 pixels high: ten lines of half blocks, perhaps one of them cut.
  expect(lines.filter((line) => /^ *[▀▄█]+ *$/.test(line)).length).toBeGreaterThanOrEqual(10);
  expect(shown.out).toMatch(/class\s+probability\n\s+\d\s+[\d.]+ %\n\s+\d\s+[\d.]+ %\n/);

  const json = await runProgram(["predict", "results/small", "bar.png", "--json"], folder.path);
  const [row] = JSON.parse(json.out);
  expect(Object.keys(row.probabilities)).toHaveLength(10);
  const values: number[] = Object.values(row.probabilities);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  expect(row.probabilities[row.class]).toBe(Math.max(...values));

  const csv = await runProgram(["predict", "results/small", ".", "--csv"], folder.path);
  expect(csv.out.split("\n")).toEqual([
    `file,class,${Array.from({ length: 10 }, (_, label) => `probability ${label}`).join(",")}`,
    `bar.png,${row.class},${Array.from({ length: 10 }, (_, label) => row.probabilities[label]).join(",")}`,
  ]);
});

test("hidden files of a folder are ignored, such as those that macOS writes beside images", async () => {
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  mkdirSync(join(folder.path, "photos"));
  writeBar(folder, "photos/bar.png");
  folder.write("photos/._bar.png", "resource fork");
  folder.write("photos/.DS_Store", "");
  const { code, out, err } = await runProgram(["predict", "results/small", "photos", "--json"], folder.path);
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject([{ file: join("photos", "bar.png") }]);
});

test("an image that cannot be used is named, and the others are predicted", async () => {
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  writeBar(folder, "bar.png");
  folder.write("text.png", "<script>");
  writeFileSync(
    join(folder.path, "white.png"),
    encode({ width: 9, height: 9, data: new Uint8Array(81).fill(255), channels: 1 }),
  );
  const { code, out, err } = await runProgram(
    ["predict", "results/small", "bar.png", "text.png", "white.png", "missing.jpg", "--json"],
    folder.path,
  );
  expect(code).toBe(1);
  expect(JSON.parse(out)).toHaveLength(1);
  expect(err.split("\n")).toEqual([
    "error: text.png: expected a PNG or JPEG image, got another format. Save the image as PNG or JPEG.",
    expect.stringContaining("error: white.png: expected a symbol that is visible on its background"),
    "error: missing.jpg: there is no such image or folder.",
  ]);
});

test.skipIf(process.platform === "win32")("an image that the system cannot reach is an error", async () => {
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  symlinkSync("loop.png", join(folder.path, "loop.png"));
  const long = `${"x".repeat(300)}.png`;
  const { code, out, err } = await runProgram(
    ["predict", "results/small", "loop.png", long, "--json"],
    folder.path,
  );
  expect({ code, out: JSON.parse(out) }).toEqual({ code: 1, out: [] });
  const [loop, name] = err.split("\n");
  expect(loop).toMatch(/^error: loop\.png: it cannot be read \(ELOOP.*\)\. Give the path of an image/);
  expect(name).toMatch(
    /^error: x{300}\.png: it cannot be read \(ENAMETOOLONG.*\)\. Give the path of an image/,
  );
});

test.skipIf(process.platform === "win32")(
  "a pipe is refused as an image and as a network, because nobody may write into it",
  async () => {
    const folder = prepare(spec);
    expect((await folder.run()).code).toBe(0);
    for (const name of ["pipe.png", "pipe.safetensors"]) execFileSync("mkfifo", [join(folder.path, name)]);
    for (const command of [
      ["predict", "results/small", "pipe.png"],
      ["predict", "pipe.safetensors", "pipe.png"],
    ]) {
      const { code, err } = await runProgram(command, folder.path);
      expect(code).toBeGreaterThan(0);
      expect(err).toMatch(/^error: pipe\.(png|safetensors)\b.*\bit is no regular file/);
    }
  },
);

test("a folder without images is named like an unusable image, and an unknown style is refused", async () => {
  const folder = prepare(spec);
  expect((await folder.run()).code).toBe(0);
  writeBar(folder, "bar.png");
  const empty = await runProgram(["predict", "results/small", "data", "bar.png", "--json"], folder.path);
  expect(empty).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error: data: expected files that end in/),
  });
  expect(JSON.parse(empty.out)).toMatchObject([{ file: "bar.png" }]);
  const style = await runProgram(["predict", "results/small", "data", "--style", "x"], folder.path);
  expect(style.code).toBe(2);
  expect(style.err).toContain("symbol, picture");
});

/** A Python that has NumPy; undefined if there is none. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", "import numpy"]).status === 0,
);

test.skipIf(python === undefined)(
  "the program for NumPy in docs/networks.md gives the same accuracy",
  async () => {
    const folder = prepare(spec.replace("validation: 0", "validation: 0, normalize: true"));
    expect((await folder.run()).code).toBe(0);
    const [, program = ""] = /```python\n([^]*?)```/.exec(
      readFileSync(join(workspaceFolder, "docs/networks.md"), "utf8"),
    )!;
    const check = `
import sys
def idx(path, start):
    return np.frombuffer(open(path, "rb").read(), "u1")[start:]
images = idx(sys.argv[2], 16).reshape(-1, 28, 28, 1)
print((outputs(images, *load(sys.argv[1])).argmax(1) == idx(sys.argv[3], 8)).mean())
`;
    folder.write("load.py", program + check);
    const model = join(folder.runFolder(), "trials/1/model.safetensors");
    const [images, labels] = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"].map((name) =>
      join("data/mnist", name),
    );
    const printed = execFileSync(python!, ["load.py", model, images!, labels!], {
      cwd: folder.path,
      encoding: "utf8",
    });
    const [row] = readResults(join(folder.runFolder(), "results.csv")).rows;
    expect(Number(printed)).toBeCloseTo(row!.test!.accuracy, 12);
  },
);
