// Records trials below the folder in its first argument until a write fails. Then prints how many trials were
// recorded, and the error.
import { openRunDirectory, RunDirectoryError } from "../src/index.ts";
import { createRunOptions } from "./run-options.ts";

const directory = openRunDirectory(createRunOptions(process.argv[2] ?? "."));
let confirmed = 0;
try {
  for (let trial = 1; trial <= 1000; trial++) {
    const parameters = { "optimizer.learningRate": trial / 1000 };
    directory.append({ event: "trial-started", trial, seed: 1, parameters, worker: 1 });
    confirmed = trial;
    directory.refreshTables();
  }
} catch (error) {
  if (!(error instanceof RunDirectoryError)) throw error;
  console.log(JSON.stringify({ confirmed, records: directory.records.size, message: error.message }));
}
