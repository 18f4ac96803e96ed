import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { createFolder, loadCustomData, getLoadError } from "../../test/custom-data.ts";

const options = { training: "train.csv", test: "test.csv", channels: 1 };
const rows = "1,0,1,2,3\n0,252,253,254,255\n2,9,8,7,6\n";
const header = "label,a,b,c,d\n";

test.each([
  ["a zip archive", "PK\u0003\u0004,1,2\n", "got a zip archive, or a spreadsheet. Unpack it,"],
  ["gzip in gzip", gzipSync(gzipSync(rows)), "got a gzip file in a gzip file. Unpack it once."],
  ["a web page", "<!DOCTYPE html>\n<html>\n", "got a web page that was saved in its place. Download"],
  ["a pointer", "version https://git-lfs.github.com/spec/v1\n", "got a pointer of Git LFS."],
  ["commas at the ends", rows.replaceAll("\n", ",\n"), "got rows that all end with a comma"],
  [
    "commas at the ends, with a header",
    (header + rows).replaceAll("\n", ",\n"),
    "got rows that all end with a comma",
  ],
  [
    "names in Latin-1",
    Buffer.from(`${header}caf\u00e9,0,1,2,3\ncaf\u00e8,4,5,6,7\n`, "latin1"),
    'line 2, column 1 (label): expected the name of a class in UTF-8, got "caf\uFFFD". Save the file in UTF-8.',
  ],
])("a file that is or has %s is reported", async (_what, train, message) => {
  const said = await getLoadError("csv", options, createFolder({ "train.csv": train, "test.csv": rows }));
  expect(said).toContain(message);
});

test("messages contain no control characters", async () => {
  const train = `1,\u009b2J${"x".repeat(500)}"y",0,2,3\n`;
  const said = await getLoadError("csv", options, createFolder({ "train.csv": train, "test.csv": rows }));
  expect(said).toMatch(/^training: train\.csv: expected a CSV file, got "Invalid Opening Quote/);
  expect(said).not.toMatch(/\p{Cc}/u);
  expect(said.length).toBeLessThan(400);
});

test('a class can be a word that starts with "<"', async () => {
  const named = "<b>,0,1,2,3\n<i>,252,253,254,255\n<b>,9,8,7,6\n<i>,9,8,7,255\n";
  const folder = createFolder({ "train.csv": named, "test.csv": named });
  const { classNames } = await loadCustomData("csv", { ...options, label: "first", header: false }, folder);
  expect(classNames).toEqual(["<b>", "<i>"]);
});
