import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { RunDirectoryError } from "@nn/results";
import { expect, onTestFinished, test } from "vitest";

import { makeWorkFolder, removeAbandonedFolders } from "./work-folder.ts";

const source = JSON.stringify(new URL("./work-folder.ts", import.meta.url).href);

test("folders of workers that are gone are removed; those of others, and whatever else lies there, stay", async () => {
  const parent = mkdtempSync(join(tmpdir(), "nn-work-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const script = `
    import { writeFileSync } from "node:fs";
    import { makeWorkFolder } from ${source};
    const folder = makeWorkFolder(${JSON.stringify(parent)});
    writeFileSync(folder + "/model.safetensors", "");
    console.log(folder);`;
  const dead = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  const alive = spawn(process.execPath, [
    "--input-type=module",
    "--eval",
    `${script} setInterval(() => {}, 1000);`,
  ]);
  onTestFinished(() => void alive.kill("SIGKILL"));
  const [line]: unknown[] = await once(alive.stdout, "data");
  const abandoned = basename(dead.stdout.trim());
  const others = [
    basename(String(line).trim()),
    // Of another host, which has the same folder; of another program; of none.
    abandoned.replace(/^nn-worker-/, "nn-worker-elsewhere-"),
    `nn-worker-${abandoned}`,
    "nn-worker-notes",
  ];
  for (const name of others.slice(1)) mkdirSync(join(parent, name));
  expect(readdirSync(parent).sort()).toEqual([abandoned, ...others].sort());

  removeAbandonedFolders(parent);
  expect(readdirSync(parent).sort()).toEqual(others.sort());
});

test("where no folder can be made, the message says where", () => {
  const nowhere = join(tmpdir(), "nn-no-such-folder");
  expect(() => makeWorkFolder(nowhere)).toThrow(RunDirectoryError);
  expect(() => makeWorkFolder(nowhere)).toThrow(`Cannot make a folder ${nowhere}`);
  expect(() => removeAbandonedFolders(nowhere)).not.toThrow();
});
