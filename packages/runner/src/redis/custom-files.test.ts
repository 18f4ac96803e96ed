import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { toySpec } from "@nn/training/testing/toy-training";
import { expect, onTestFinished, test } from "vitest";

import { checkCustomFiles } from "./custom-files.ts";
import { RemoteError } from "./remote-error.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Returns a folder with the folder "home", which has a custom part. */
function createHome(): { readonly root: string; readonly home: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nn-custom-")));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const home = join(root, "home");
  mkdirSync(home);
  writeFileSync(join(home, "part.ts"), "code");
  return { root, home };
}

/** Returns a job that uses these files, all with the content "code". */
function jobWith(...paths: readonly string[]) {
  const layers = paths.map((type) => ({ type }));
  const spec = { ...toySpec, model: { ...toySpec.model, layers } };
  return { name: "toy", spec, files: paths.map((path) => ({ path, sha256: sha256("code") })) };
}

test("the same file in a home of the worker is accepted", () => {
  const { root, home } = createHome();
  expect(checkCustomFiles(jobWith("./part.ts"), home, [home])).toBeUndefined();
  expect(checkCustomFiles(jobWith("./part.ts"), home, [join(root, "home"), root])).toBeUndefined();
  expect(checkCustomFiles(jobWith("./part.ts"), home, [home, join(home, "..")])).toBeUndefined();
  expect(checkCustomFiles(jobWith("../home/part.ts"), home, [home])).toBeUndefined();
  // One home is enough.
  mkdirSync(join(root, "other"));
  expect(checkCustomFiles(jobWith("./part.ts"), home, [join(root, "other"), home])).toBeUndefined();
});

test("a job without custom parts needs no files", () => {
  expect(checkCustomFiles({ name: "toy", spec: { ...toySpec } }, "/none", [])).toBeUndefined();
});

test("all custom parts are checked, each for its own checksum", () => {
  const { home } = createHome();
  writeFileSync(join(home, "other.mjs"), "code");
  const job = jobWith("./part.ts", "./other.mjs");
  expect(checkCustomFiles(job, home, [home])).toBeUndefined();
  const [first, second] = job.files;
  expect(checkCustomFiles({ ...job, files: [first!] }, home, [home])).toBe(
    "it uses ./other.mjs, but has no checksum of that file",
  );
  const damaged = { ...job, files: [first!, { ...second!, sha256: sha256("") }] };
  expect(() => checkCustomFiles(damaged, home, [home])).toThrow("the custom part ./other.mjs of toy differs");
});

test.each(["./part.json", "./part.tsx", "./part.xts", "./ts", "./part.ts.txt"])(
  "%s is not a file of code",
  (path) => {
    expect(checkCustomFiles(jobWith(path), "/none", [])).toBe(
      `it names ${path}, which is not a TypeScript or JavaScript file`,
    );
  },
);

test.each(["./part.js", "./part.cjs", "./part.mts", "./part.cts"])("%s is a file of code", (path) => {
  const { home } = createHome();
  writeFileSync(join(home, path), "code");
  expect(checkCustomFiles(jobWith(path), home, [home])).toBeUndefined();
});

test("a missing file is reported with its place", () => {
  const { home } = createHome();
  expect(() => checkCustomFiles(jobWith("./none.ts"), home, [home])).toThrow(
    new RemoteError(
      `the custom part ./none.ts of toy is not on this machine: there is no file ${join(home, "none.ts")}.\n` +
        "  Copy it here, or check out the same commit in this copy of the project.",
    ),
  );
});

test("a different file is reported with both checksums", () => {
  const { home } = createHome();
  writeFileSync(join(home, "part.ts"), "changed");
  expect(() => checkCustomFiles(jobWith("./part.ts"), home, [home])).toThrow(
    new RemoteError(
      "the custom part ./part.ts of toy differs on this machine.\n" +
        `  there  SHA-256 ${sha256("code").slice(0, 12)}…\n` +
        `  here   SHA-256 ${sha256("changed").slice(0, 12)}…, ${join(home, "part.ts")}\n` +
        "  Copy the file of the run to this machine, or check out the same commit on both machines.",
    ),
  );
});

test("a file outside the homes is not run, whatever its path looks like", () => {
  const { root, home } = createHome();
  const refused = (path: string, real: string) =>
    expect(() => checkCustomFiles(jobWith(path), home, [home])).toThrow(
      new RemoteError(
        `the custom part ${path} of toy is ${real}, which is neither in this project nor in the folder in which ` +
          "this worker was started: it is not run.\n" +
          "  Start the worker in the folder of the experiment, or keep the experiment in the project.",
      ),
    );
  writeFileSync(join(root, "part.ts"), "code");
  refused("../part.ts", join(root, "part.ts"));
  // The name of the other folder starts with that of the home.
  mkdirSync(join(root, "home-2"));
  writeFileSync(join(root, "home-2/part.ts"), "code");
  refused("../home-2/part.ts", join(root, "home-2/part.ts"));
  symlinkSync(join(root, "part.ts"), join(home, "link.ts"));
  refused("./link.ts", join(root, "part.ts"));
  mkdirSync(join(home, "node_modules/a"), { recursive: true });
  writeFileSync(join(home, "node_modules/a/part.ts"), "code");
  refused("./node_modules/a/part.ts", join(home, "node_modules/a/part.ts"));
});

test("only a folder with exactly that name has installed packages", () => {
  const { home } = createHome();
  for (const name of ["node_modules-2", "my-node_modules"]) {
    mkdirSync(join(home, name));
    writeFileSync(join(home, name, "part.ts"), "code");
    expect(checkCustomFiles(jobWith(`./${name}/part.ts`), home, [home])).toBeUndefined();
  }
});

test("a home may be a link", () => {
  const { root, home } = createHome();
  symlinkSync(home, join(root, "link"));
  expect(checkCustomFiles(jobWith("./part.ts"), home, [join(root, "link")])).toBeUndefined();
});
