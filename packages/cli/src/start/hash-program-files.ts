import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/**
 * Returns a hash of the paths, sizes and modification times of all sources, manifests and installed packages.
 * It does not read the files, so it takes only a few milliseconds.
 */
export function hashProgramFiles(root: string): string {
  const hash = createHash("sha256").update(process.version);
  for (const path of listProgramFiles(root)) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}\n${size}\n${mtimeMs}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

function listProgramFiles(root: string): string[] {
  const packages = join(root, "packages");
  const files = [join(root, "pnpm-lock.yaml")];
  for (const name of readdirSync(packages).sort()) {
    const folder = join(packages, name, "src");
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.([jt]sx?|css)$/.test(file) && !file.endsWith(".test.ts"))
      .sort()
      .map((file) => join(folder, file));
    files.push(join(packages, name, "package.json"), ...sources);
  }
  return files;
}
