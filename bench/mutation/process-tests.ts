import { globSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

import type { Mutant } from "./mutants.ts";
import type { Sandbox, MutationResult } from "./sandbox.ts";

/**
 * V8's coverage of one script: the ranges that have run, the inner ones last. Node's type stripping preserves
 * offsets.
 */
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly {
      readonly ranges: readonly {
        readonly startOffset: number;
        readonly endOffset: number;
        readonly count: number;
      }[];
    }[];
  }[];
}

interface ProcessTest {
  readonly file: string;
  readonly seconds: number;
  /** URL of a source → the characters that have run. */
  readonly covered: ReadonlyMap<string, Uint8Array>;
}

/**
 * The tests of the command line. They run other packages in child processes, so imports do not show what they
 * cover.
 */
export class ProcessTests {
  readonly #sandbox: Sandbox;
  readonly #files: readonly string[];
  /** The fastest first. */
  #watched: readonly ProcessTest[] = [];

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    const folder = path.join(sandbox.folder, "packages/cli");
    this.#files = globSync("test/*.test.ts", { cwd: folder })
      .filter((file) => /bench-folder|small-data|execa/.test(readFileSync(path.join(folder, file), "utf8")))
      .sort();
  }

  /** Arguments of vitest that exclude these tests. */
  get excluded(): string[] {
    return this.#files.map((file) => `--exclude=${file}`);
  }

  /** Runs the `most` fastest tests whose processes run the changed code, up to the first failure. */
  async judge(mutant: Mutant, most: number): Promise<MutationResult["kind"]> {
    const url = pathToFileURL(path.join(this.#sandbox.folder, mutant.file)).href;
    const touching = this.#watched.filter(({ covered }) => covered.get(url)?.[mutant.start] === 1);
    for (const { file, seconds } of touching.slice(0, most)) {
      const { kind } = await this.#sandbox.vitest("cli", ["run", file], 2 * seconds + 60);
      if (kind !== "passed") return kind;
    }
    return "passed";
  }

  /** Runs each test once without a change, and records the code that its processes run. Call it first. */
  async watch(): Promise<void> {
    const tests: ProcessTest[] = [];
    for (const file of this.#files) {
      const folder = path.join(this.#sandbox.folder, "coverage-of-processes");
      mkdirSync(folder, { recursive: true });
      // Runs from sources, because the coverage of a bundle does not refer to source files.
      const env = { NODE_V8_COVERAGE: folder, NN_SOURCES: "1" };
      const { kind, seconds } = await this.#sandbox.vitest("cli", ["run", file], 900, env);
      if (kind === "passed") tests.push({ file, seconds, covered: coveredIn(folder) });
      else console.log(`${file} does not pass as it is: it is left out.`);
      rmSync(folder, { recursive: true, force: true });
    }
    this.#watched = tests.sort((one, other) => one.seconds - other.seconds);
  }
}

/** Returns no scripts if the file is incomplete, because a test has killed the process that wrote it. */
function parseCoverage(text: string): Coverage["result"] {
  try {
    const { result }: Coverage = JSON.parse(text);
    return result;
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Returns the characters of each source that have run, by URL. */
function coveredIn(folder: string): Map<string, Uint8Array> {
  const covered = new Map<string, Uint8Array>();
  for (const name of readdirSync(folder)) {
    for (const { url, functions } of parseCoverage(readFileSync(path.join(folder, name), "utf8"))) {
      if (!/\/packages\/(experiment|training|runner|cli)\/src\//.test(url)) continue;
      const length = Math.max(...functions.flatMap(({ ranges }) => ranges.map(({ endOffset }) => endOffset)));
      const once = new Uint8Array(length);
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges)
          once.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      }
      const before = covered.get(url) ?? new Uint8Array(length);
      covered.set(
        url,
        before.map((already, index) => already | (once[index] ?? 0)),
      );
    }
  }
  return covered;
}
