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

test.each(["utf16le", "utf16be", "utf16be with a mark", "utf32le", "utf32le with a mark", "utf32be"])(
  "a file in %s is reported with its encoding",
  async (encoding) => {
    const text = encoding.endsWith("mark") ? `\ufeff${header}${rows}` : header + rows;
    let bytes = Buffer.from(text, "utf16le");
    if (encoding.startsWith("utf32"))
      bytes = Buffer.concat(text.split("").map((each) => Buffer.from(`${each}\0`, "utf16le")));
    if (encoding.startsWith("utf16be")) bytes.swap16();
    if (encoding === "utf32be") bytes.swap32();
    const folder = createFolder({ "train.csv": bytes, "test.csv": rows });
    expect(await getLoadError("csv", options, folder)).toBe(
      "training: train.csv: expected a CSV file, got text in UTF-16 or UTF-32, or a file that is not text. Save " +
        "the file as UTF-8.",
    );
  },
);

const named = '"a\nb",0,1,2,3\n\n"a\n\nb",0,1,2,3\n';

test.each([
  [
    `${named}"x,1,2,3,4\nx,1,2,3,4\n`,
    "line 7: expected a closing quote in the row that begins here, got the end",
  ],
  [`${named}\n\n"x\ny"z,1,2,3,4\n`, "line 9: expected quotes around whole cells, got one inside a cell"],
  [
    `${named}"x\ny",1,2,3,4\nx"y,1,2,3,4\n`,
    "line 9: expected quotes around whole cells, got one inside a cell",
  ],
  [`${named}"x\ny",1,2,3,500\n`, "line 7, column 5: expected a pixel"],
  [`${named}"x\ny",1,2,3\n`, "line 7: expected 5 columns"],
])("an error in %j is reported at the line where its row begins", async (train, message) => {
  for (const text of [train, train.replaceAll("\n", "\r\n")]) {
    const folder = createFolder({ "train.csv": text, "test.csv": named });
    expect(await getLoadError("csv", { ...options, label: "first", header: false }, folder)).toContain(
      `train.csv, ${message}`,
    );
  }
});

test("the row of an image is the line where it begins", async () => {
  const folder = createFolder({ "train.csv": named.replaceAll("b", "c") + named, "test.csv": named });
  const dataset = await loadCustomData("csv", { ...options, label: "first", header: false }, folder);
  expect([0, 1].map((index) => dataset.test.origins?.of(index))).toEqual([1, 4]);
});

test("messages contain no control characters", async () => {
  const train = `${rows}1,\u009b2J${"x".repeat(500)},0,2,3\n`;
  const said = await getLoadError("csv", options, createFolder({ "train.csv": train, "test.csv": rows }));
  expect(said).toMatch(/^training: train\.csv, line 4, column 2: expected a pixel/);
  expect(said).not.toMatch(/\p{Cc}/u);
  expect(said.length).toBeLessThan(400);
});

test('a class can be a word that starts with "<"', async () => {
  const named = "<b>,0,1,2,3\n<i>,252,253,254,255\n<b>,9,8,7,6\n<i>,9,8,7,255\n";
  const folder = createFolder({ "train.csv": named, "test.csv": named });
  const { classNames } = await loadCustomData("csv", { ...options, label: "first", header: false }, folder);
  expect(classNames).toEqual(["<b>", "<i>"]);
});
