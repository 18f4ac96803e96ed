import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { encodeIdx } from "@nn/mnist";
import { execa } from "execa";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { runProgram } from "./support/program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "data/README.md",
  ...globSync("docs/**/*.md", { cwd: root }),
];

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** A fenced block: its language, or "" if it has none, and its text without the indentation of the fence. */
interface Block {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^( *)```(\w*)\n(.*?)^\1```$/gms;

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(FENCE)].map(([, indent = "", language = "", text = ""]) => ({
    language,
    text: text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** Returns the text of a document without its fenced blocks. */
function prose(file: string): string {
  return read(file).replaceAll(FENCE, "");
}

/** A copy of the experiments folder. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nn-documents-"));
  cpSync(join(root, "experiments"), join(folder, "experiments"), { recursive: true });
  writeOwnData(join(folder, "experiments", "digits"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Writes the custom data that the documents use: 240 training images and 240 test images of 2 × 2, in ten
 * classes.
 */
function writeOwnData(home: string): void {
  const shape = { width: 2, height: 2, channels: 1 };
  const classes = Array.from({ length: 240 }, (_, n) => n % 10);
  for (const part of ["train", "test"]) {
    const rows = classes.map((label, n) => `${label},${n},0,255,${255 - n}\n`).join("");
    for (const label of classes.slice(0, 10)) mkdirSync(join(home, part, `${label}`), { recursive: true });
    for (const [n, label] of classes.entries()) {
      writeFileSync(
        join(home, part, `${label}`, `${n}.png`),
        encode({ ...shape, data: Uint8Array.of(n, 0, 255, 255 - n) }),
      );
    }
    writeFileSync(join(home, `${part}.csv`), rows);
    const pixels = classes.flatMap((_, n) => [n, 0, 255, 255 - n]);
    const images = encodeIdx({ shape: [240, 2, 2], data: Uint8Array.from(pixels) });
    writeFileSync(join(home, `${part}-images.idx`), images);
    writeFileSync(join(home, `${part}-images.idx.gz`), gzipSync(images));
    writeFileSync(
      join(home, `${part}-labels.idx`),
      encodeIdx({ shape: [240], data: Uint8Array.from(classes) }),
    );
  }
}

describe("experiments in YAML", () => {
  // Without those of the reference, which are single lines. A test of the package experiment checks them.
  const whole = documents.filter((file) => !file.includes("reference/"));
  const examples = whole.flatMap((file) =>
    blocksOf(read(file))
      .filter(({ language }) => language === "yaml")
      .map(({ text }, index) => ({ name: `${file}, block ${index + 1}`, text })),
  );

  test("are found by the test", () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  test.for(examples)("$name is valid, alone or as an extension of quickstart.yaml", async ({ text }) => {
    const isWhole = /^extends:/m.test(text) || (/^name:/m.test(text) && /^model:/m.test(text));
    writeFileSync(
      join(folder, "experiments", "example.yaml"),
      isWhole ? text : `extends: ./quickstart.yaml\n${text}`,
    );
    const { err, code } = await runProgram(["validate", "experiments/example.yaml"], folder);
    expect({ err, code }).toEqual({ err: "", code: 0 });
  });

  test("README.md shows a mistake as the program reports it", async () => {
    const blocks = blocksOf(read("README.md"));
    const first = blocks.find(({ language }) => language === "yaml")?.text ?? "";
    expect(first).toContain("learningRate");
    const wrong = first.replace("learningRate", "learningrate");
    writeFileSync(join(folder, "experiments", "my-first.yaml"), wrong);
    const wrongFile = ["experiment", "experiments/my-first.yaml", "--dry-run"];
    const { err, code } = await runProgram(wrongFile, folder);
    expect(code).toBe(2);
    const shown = blocks.find(({ text }) => text.startsWith("error: experiments/my-first.yaml:"));
    expect(shown?.text).toBe(`${err}\n`);
  });
});

test("the picture in README.md shows what the program prints", async () => {
  const results = mkdtempSync(join(tmpdir(), "nn-picture-"));
  onTestFinished(() => rmSync(results, { recursive: true, force: true }));
  const { out, code } = await runProgram(
    ["experiment", "experiments/quickstart.yaml", "--out", results],
    root,
  );
  expect(code).toBe(0);
  // Removes the parts that depend on the machine and the folder of the results.
  const lasting = (line: string): string => line.replace(/ [\d,]+ images\/s.*$/, "");
  const printed = out
    .split("\n")
    .map((line) => lasting(line.trim()))
    .filter((line) => line !== "" && !/^\d+ epochs in|^Results in|^quickstart/.test(line));
  const shown = [...read("docs/quickstart.svg").matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(
    ([, text = ""]) => lasting(text),
  );
  expect(printed.length).toBeGreaterThan(15);
  expect(shown).toEqual(expect.arrayContaining(printed));
});

test("docs/training.md shows the rows of a profile as the program prints them", async () => {
  const results = mkdtempSync(join(tmpdir(), "nn-profile-"));
  onTestFinished(() => rmSync(results, { recursive: true, force: true }));
  const short = ["--set", "training.epochs=1", "--out", results];
  const { out } = await runProgram(
    ["experiment", "experiments/quickstart.yaml", "--profile", ...short],
    root,
  );
  const rowsOf = (text: string): string[] => {
    const [, table = ""] = /^(profile .*?^total .*?)$/ms.exec(text) ?? [];
    return table.split("\n").map((row) => row.replace(/ +[\d.]+ +[\d.]+ %.*$/, ""));
  };
  const shown = blocksOf(read("docs/training.md")).find(({ text }) => text.startsWith("profile "));
  expect(rowsOf(out).length).toBeGreaterThan(10);
  expect(rowsOf(shown?.text ?? "").slice(1)).toEqual(rowsOf(out).slice(1));
});

// Comments that consist of the path of a file, each with the text after it.
const announced = documents.flatMap((file) =>
  [...read(file).matchAll(/^<!-- (\S+\/\S+) -->\n/gm)].map(({ 0: comment, 1: shown = "", index }) => ({
    file,
    shown,
    next: read(file).slice(index + comment.length),
  })),
);

describe("files that are shown completely", () => {
  test.for(announced)("$file shows the current content of $shown", ({ shown, next }) => {
    expect(next).toMatch(/^\n```\w+\n/);
    expect(blocksOf(next)[0]?.text).toBe(read(shown));
  });
});

describe("commands of explain in the documents", () => {
  const asked = documents.flatMap((file) =>
    [...read(file).matchAll(/\bpnpm run explain ([\w.[\]-]+\w)/g)].map(([, path = ""]) => ({ file, path })),
  );

  test("is found by the test", () => {
    expect(asked.map(({ file }) => file)).toContain("README.md");
  });

  test.for(asked)("$file: explain $path prints an explanation", async ({ path }) => {
    const { out, err, code } = await runProgram(["explain", path], folder);
    expect({ err, code }).toEqual({ err: "", code: 0 });
    expect(out.split("\n")[0]).toMatch(new RegExp(`\\b${path}$`));
  });
});

describe("custom parts in README.md", () => {
  const files = announced.filter(({ file, shown }) => file === "README.md" && shown.endsWith(".ts"));

  test("are a layer, an optimizer and a loss, each under 40 lines and with a test of one call", () => {
    const parts = files.filter(({ shown }) => !shown.endsWith(".test.ts"));
    const tests = files.filter(({ shown }) => shown.endsWith(".test.ts"));
    expect(parts.map(({ shown }) => dirname(shown)).sort()).toEqual(
      ["layers", "losses", "optimizers"].map((folder) => `experiments/${folder}`),
    );
    expect(tests.map(({ shown }) => shown.replace(".test.ts", ".ts")).sort()).toEqual(
      parts.map(({ shown }) => shown).sort(),
    );
    for (const { next } of parts) expect(blocksOf(next)[0]!.text.trim().split("\n").length).toBeLessThan(40);
    for (const { next } of tests) expect(blocksOf(next)[0]!.text.match(/^test\w+\(/gm)).toHaveLength(1);
  });

  test("pass their tests unchanged in a new folder of the project; a script runs there", async () => {
    const own = mkdtempSync(join(root, "documents-"));
    try {
      for (const { shown, next } of files) {
        mkdirSync(dirname(join(own, shown)), { recursive: true });
        writeFileSync(join(own, shown), blocksOf(next)[0]!.text);
      }
      const run = execa({ cwd: root, preferLocal: true, reject: false, all: true, env: { NO_COLOR: "1" } });
      const tests = await run`vitest run --config vitest.custom.ts ${own}`;
      expect(tests.all).toMatch(/Test Files\D+3 passed/);
      expect(tests.exitCode).toBe(0);

      cpSync(join(root, "experiments", "xor.ts"), join(own, "xor.ts"));
      const { stdout, exitCode } = await execa(process.execPath, [join(own, "xor.ts")], { reject: false });
      expect(exitCode).toBe(0);
      const losses = [...stdout.matchAll(/^step \d+, loss (.*)$/gm)].map(([, loss]) => Number(loss));
      expect(losses).toHaveLength(100);
      expect(losses[0]).toBeGreaterThan(0.5);
      expect(losses.at(-1)).toBeLessThan(0.01);
      for (const parameter of ["layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias"])
        expect(stdout.split(`∂loss/∂${parameter} = [`)).toHaveLength(101);
    } finally {
      rmSync(own, { recursive: true });
    }
  });
});

/** Returns the anchor that GitHub creates for a heading. */
function anchor(heading: string): string {
  const text = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "");
  return text.trim().replaceAll(" ", "-");
}

function anchorsOf(file: string): string[] {
  return [...prose(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => anchor(heading));
}

describe.for(documents)("%s", (file) => {
  const links = [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

  test("links only to existing files and headings", () => {
    const broken = links.filter((link) => {
      const [path = "", heading] = link.split("#");
      const target = path === "" ? file : join(dirname(file), path);
      if (!existsSync(resolve(root, target))) return true;
      return heading !== undefined && !anchorsOf(target).includes(heading);
    });
    expect(broken).toEqual([]);
  });

  test("uses scripts of package.json, and its version of pnpm", () => {
    const manifest: { scripts: object; packageManager: string } = JSON.parse(read("package.json"));
    const text = read(file);
    const named = [...text.matchAll(/\bpnpm(?:@\S+)? run ([\w:-]+)/g)].map(([, script = ""]) => script);
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
    const versions = [...text.matchAll(/\bpnpm@[\w.-]*\w/g)].map(([version]) => version);
    expect(versions.filter((version) => version !== manifest.packageManager)).toEqual([]);
  });
});
