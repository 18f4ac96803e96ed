import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

import { getPackageVersion, workspaceFolder } from "../environment.ts";

let known: string | undefined;

/**
 * Returns the version of the code: the program's version and a hash of its sources and dependencies. Machines
 * with the same source files have the same version, in any folder. Tests and documents are not included.
 */
export function computeCodeVersion(): string {
  known ??= `${getPackageVersion()}-${hashSources(workspaceFolder)}`;
  return known;
}

/**
 * Returns a hash of 12 hexadecimal digits of the paths and contents of all package sources in this workspace
 * and of the lockfile. Line endings are normalized.
 */
export function hashSources(workspace: string): string {
  const hash = createHash("sha256");
  for (const path of listSources(workspace)) {
    const text = readFileSync(join(workspace, path), "utf8").replaceAll("\r\n", "\n");
    hash.update(`${path}\n${Buffer.byteLength(text)}\n`).update(text);
  }
  return hash.digest("hex").slice(0, 12);
}

function listSources(workspace: string): string[] {
  const folders = readdirSync(join(workspace, "packages")).flatMap((name) => [
    join("packages", name, "src"),
    join("packages", name, "assembly"),
  ]);
  const files = folders.flatMap((folder) =>
    listFilesBelow(join(workspace, folder)).map((file) => join(folder, file)),
  );
  return [...files, "pnpm-lock.yaml"].map((path) => path.split(sep).join("/")).sort();
}

function listFilesBelow(folder: string): string[] {
  try {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return files.filter((file) => /\.[cm]?[jt]s$/.test(file) && !file.endsWith(".test.ts"));
  } catch {
    return []; // Some packages lack one of the folders.
  }
}
