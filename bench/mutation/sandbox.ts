import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { applyMutant, type Mutant } from "./mutants.ts";

const root = path.dirname(path.dirname(import.meta.dirname));
const LEFT_OUT = new Set([".git", ".turbo", "node_modules", "results", "coverage"]);

/** The result of running the tests on a change. */
export interface MutationResult {
  readonly kind: "passed" | "failed" | "timed out";
  readonly seconds: number;
  readonly output: string;
}

/** A copy of the project, including uncommitted changes, in which one file at a time is changed. */
export class Sandbox {
  readonly folder = mkdtempSync(path.join(tmpdir(), "nn-mutation-"));

  constructor() {
    process.on("exit", () => rmSync(this.folder, { recursive: true, force: true }));
    for (const entry of readdirSync(root)) {
      if (!LEFT_OUT.has(entry) && entry !== "packages") this.#copy(entry);
    }
    for (const entry of readdirSync(path.join(root, "packages"))) this.#copy(path.join("packages", entry));
    this.#linkModules();
  }

  #copy(entry: string): void {
    cpSync(path.join(root, entry), path.join(this.folder, entry), {
      recursive: true,
      verbatimSymlinks: true,
    });
  }

  /** External packages are shared with the original; the project's own packages are copies. */
  #linkModules(): void {
    const modules = path.join(this.folder, "node_modules");
    mkdirSync(path.join(modules, "@nn"), { recursive: true });
    for (const entry of readdirSync(path.join(root, "node_modules"))) {
      if (entry !== "@nn") symlinkSync(path.join(root, "node_modules", entry), path.join(modules, entry));
    }
    for (const entry of readdirSync(path.join(root, "node_modules/@nn"))) {
      symlinkSync(path.join("../../packages", entry), path.join(modules, "@nn", entry));
    }
  }

  /** Makes the change, runs `work`, and reverts the change. */
  async with<Result>(mutant: Mutant, work: () => Promise<Result>): Promise<Result> {
    const file = path.join(this.folder, mutant.file);
    const source = readFileSync(file, "utf8");
    writeFileSync(file, applyMutant(source, mutant));
    try {
      return await work();
    } finally {
      writeFileSync(file, source);
    }
  }

  /** Whether the sources and tests of packages/`name` have no type error. */
  hasValidTypes(name: string): Promise<boolean> {
    const entry = path.join(this.folder, "node_modules/typescript/lib/tsc.js");
    const cached = ["--incremental", "--tsBuildInfoFile", path.join(this.folder, `${name}.tsbuildinfo`)];
    const child = spawn(process.execPath, [entry, "-p", ".", ...cached], {
      cwd: path.join(this.folder, "packages", name),
      stdio: "ignore",
    });
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code === 0));
    });
  }

  /** The tests of the same name beside a source file, if there are any. */
  ownTests(file: string): string[] {
    const beside = file.replace(/\.ts$/, ".test.ts");
    return existsSync(path.join(this.folder, beside)) ? [path.join(this.folder, beside)] : [];
  }

  /**
   * Runs vitest in packages/`name`, up to the first failure. Kills its processes after `limit` seconds.
   */
  vitest(
    name: string,
    args: readonly string[],
    limit = Infinity,
    env: NodeJS.ProcessEnv = {},
  ): Promise<MutationResult> {
    const entry = path.join(this.folder, "node_modules/vitest/vitest.mjs");
    const options = [
      "--bail=1",
      "--passWithNoTests",
      "--reporter=default",
      "--no-color",
      "--maxWorkers=1",
      // Tests that do not need separate processes share one, which loads the modules once.
      "--isolate=false",
    ];
    const started = performance.now();
    const child = spawn(process.execPath, [entry, ...args, ...options], {
      cwd: path.join(this.folder, "packages", name),
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "true", ...env },
    });
    let output = "";
    const keep = (text: string): void => void (output = (output + text).slice(-20_000));
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    let isLate = false;
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // all of its processes are gone
      }
    };
    process.once("exit", end);
    const onLimit = (): void => {
      isLate = true;
      end();
    };
    const timer = Number.isFinite(limit) ? setTimeout(onLimit, limit * 1000) : undefined;
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        clearTimeout(timer);
        process.off("exit", end);
        end();
        const kind = isLate ? "timed out" : code === 0 ? "passed" : "failed";
        resolve({ kind, seconds: (performance.now() - started) / 1000, output });
      });
    });
  }
}
