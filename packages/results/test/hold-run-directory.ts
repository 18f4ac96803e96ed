// Opens the run directory in the folder in its first argument, reports it, and holds it until it is killed.
import { openRunDirectory, RunDirectoryError } from "../src/index.ts";
import { createRunOptions } from "./run-options.ts";

try {
  const directory = openRunDirectory(createRunOptions(process.argv[2] ?? "."));
  console.log(`open ${directory.records.size}`);
  setInterval(() => undefined, 1000);
} catch (error) {
  if (!(error instanceof RunDirectoryError)) throw error;
  console.log(`${error.code}: ${error.message}`);
}
