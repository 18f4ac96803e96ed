import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { readResults } from "./read-results.ts";

const headerOfOlderVersions =
  "trial,status,seed,lr,epochs,bestEpoch,train.loss,train.accuracy,validation.loss,validation.accuracy," +
  "test.loss,test.accuracy";
const header = headerOfOlderVersions.replace("bestEpoch,", "bestEpoch,parameters,multiplyAdds,");

function written(content: string): string {
  const path = join(createTemporaryFolder(), "results.csv");
  writeFileSync(path, content);
  return path;
}

test("reads a file saved by a spreadsheet, with a byte order mark and CRLF", () => {
  const path = written(`\uFEFF${header}\r\n1,completed,5,0.1,2,1,7850,7840,0.5,0.8,0.6,0.7,,\r\n`);
  expect(readResults(path)).toEqual({
    sweptPaths: ["lr"],
    rows: [
      {
        trial: 1,
        status: "completed",
        seed: 5,
        parameters: { lr: "0.1" },
        epochs: 2,
        bestEpoch: 1,
        network: { parameters: 7850, multiplyAdds: 7840 },
        train: { loss: 0.5, accuracy: 0.8 },
        validation: { loss: 0.6, accuracy: 0.7 },
      },
    ],
  });
});

test.for([
  ["", "results.csv: expected a line of column names, got an empty file. Correct it, or run"],
  ["trial,epoch,worker\n1,1,1\n", "line 1: expected the columns trial, status, seed, …, epochs"],
  [
    `${header}\n1,completed,5\n`,
    "line 2: expected 14 cells, got 3. Correct it, or run the experiment again: it writes the file again.",
  ],
  [
    `${header}\n1,"completed,5\n`,
    String.raw`line 2: expected cells whose quotes begin and end with them, got "1,\"completed,5". Correct it`,
  ],
  [
    `${header}\n1,"completed,5\n2,completed,6\n`,
    String.raw`line 2: expected cells whose quotes begin and end with them, got "1,\"completed,5". Correct it`,
  ],
  [
    `${header}\n1,com\u0001p"leted,5\n`,
    String.raw`line 2: expected cells whose quotes begin and end with them, got "1,com�p\"leted,5". Correct it`,
  ],
  [
    `${header}\n1,done,5,0.1,2,,,,,,,,,\n`,
    `line 2, column status: expected completed, diverged, pruned, failed, got "done"`,
  ],
  [
    `${header}\n1,failed,5,0.1,2,,,,,,,,,\n2,failed,5,0.1,two,,,,,,,,,\n`,
    `line 3, column epochs: expected a number, got "two"`,
  ],
  [`${header}\n,failed,5,0.1,2,,,,,,,,,\n`, `line 2, column trial: expected a number, got ""`],
  [
    `${header}\n1,failed,5,0.1,2,,,,,,,,0.5,0.9x\n`,
    `line 2, column test.accuracy: expected a number, got "0.9x"`,
  ],
  [
    `${header}\n3,failed,5,0.1,2,,,,,,,,,\n3,failed,5,0.1,2,,,,,,,,,\n`,
    "line 3: expected one row for each trial, got trial 3, which line 2 has already",
  ],
  [
    `${header.replace("lr", "lr,lr")}\n`,
    'line 1: expected different names of columns, got "lr" twice. Remove one of them',
  ],
  [`${header}\n0,failed,5,0.1,2,,,,,,,,,\n`, 'column trial: expected a whole number from 1, got "0"'],
  [`${header}\n1,failed,-5,0.1,2,,,,,,,,,\n`, 'column seed: expected a whole number from 0, got "-5"'],
  [`${header}\n1,failed,5,0.1,0x10,,,,,,,,,\n`, 'column epochs: expected a number, got "0x10"'],
  [`${header}\n1,failed,5,0.1,2,,,,,,,,1e309,0\n`, 'column test.loss: expected a number, got "1e309"'],
  [`${header}\n1,completed,5,0.1,2,,,,,,,,NaN,0\n`, 'column test.loss: expected a number, got "NaN"'],
  [`${header}\n1,completed,5,0.1,2,,,,,,,,0.5,\n`, 'column test.accuracy: expected a number, got ""'],
  [
    `${header}\n1,completed,5,0.1,2,,,,,,,,0.5,97.5\n`,
    'column test.accuracy: expected a share from 0 to 1, got "97.5"',
  ],
] as const)("%j: %s", ([content, message]) => {
  const path = written(content);
  expect(() => readResults(path)).toThrow(message);
  expect(() => readResults(path)).toThrow(path);
});

test("reads a table of an older version, without the size of the network", () => {
  const path = written(`${headerOfOlderVersions},parent\n2,completed,5,0.1,2,1,0.5,0.8,0.6,0.7,,,1\n`);
  const { sweptPaths, rows } = readResults(path);
  expect(sweptPaths).toEqual(["lr"]);
  expect(rows).toMatchObject([
    { epochs: 2, bestEpoch: 1, network: undefined, train: { loss: 0.5, accuracy: 0.8 }, parent: 1 },
  ]);
});

test("the error for a missing file contains its path", () => {
  const path = join(createTemporaryFolder(), "results.csv");
  expect(() => readResults(path)).toThrow(
    `Cannot read ${path}: this file is missing, so the folder is not that of a whole run (ENOENT). ` +
      "Restore the file, or run the experiment again: it writes the file again.",
  );
});
