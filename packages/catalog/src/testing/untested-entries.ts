import { readdirSync, readFileSync } from "node:fs";

/** Returns the entries of a catalog's folder whose test does not contain `call`, such as `testLayer(`. */
export function findUntestedEntries(folder: URL, call: string): string[] {
  const files = readdirSync(folder);
  return files.filter((file) => {
    if (!file.endsWith(".ts") || file.endsWith(".test.ts")) return false;
    const test = file.replace(/\.ts$/, ".test.ts");
    return !files.includes(test) || !readFileSync(new URL(test, folder), "utf8").includes(call);
  });
}
