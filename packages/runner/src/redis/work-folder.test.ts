import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { RunDirectoryError } from "@nn/results";
import { expect, onTestFinished, test } from "vitest";

import { createWorkFolder, removeAbandonedFolders } from "./work-folder.ts";

const source = JSON.stringify(new URL("./work-folder.ts", import.meta.url).href);

test("only folders of dead workers of this host are removed", async () => {
  const parent = mkdtempSync(join(tmpdir(), "nn-work-"));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const script = `
    import { writeFileSync } from "node:fs";
    import { createWorkFolder } from ${source};
    const folder = createWorkFolder(${JSON.stringify(parent)});
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
    // A folder of another host that shares the parent folder, one of another program, and one without a
    // process id.
    abandoned.replace(/^nn-worker-/, "nn-worker-elsewhere-"),
    `nn-worker-${abandoned}`,
    "nn-worker-notes",
  ];
  for (const name of others.slice(1)) mkdirSync(join(parent, name));
  expect(readdirSync(parent).sort()).toEqual([abandoned, ...others].sort());

  removeAbandonedFolders(parent);
  expect(readdirSync(parent).sort()).toEqual(others.sort());
});

test("if no folder can be created, the message contains its path", () => {
  const nowhere = join(tmpdir(), "nn-no-such-folder");
  expect(() => createWorkFolder(nowhere)).toThrow(RunDirectoryError);
  expect(() => createWorkFolder(nowhere)).toThrow(`Cannot make a folder ${nowhere}`);
  expect(() => removeAbandonedFolders(nowhere)).not.toThrow();
});
