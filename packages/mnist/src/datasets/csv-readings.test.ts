import * as fc from "fast-check";
import { expect, test } from "vitest";

import { createFolder, loadCustomData, getNotices } from "../../test/custom-data.ts";
import type { Dataset } from "../dataset.ts";
import { DatasetError } from "../errors.ts";

/** A CSV table as text, and its labels and images. */
interface Written {
  readonly text: string;
  readonly labels: readonly (number | string)[];
  readonly images: readonly number[];
  /** Whether the table can be read in only one way. */
  readonly isPlain: boolean;
}

/** A corner that has only the lowest greys, like classes, in images that are bright elsewhere. */
const darkCorner = (random: number, column: number): number => (column === 0 ? random % 3 : random % 256);
const darkerCorner = (random: number, column: number): number => (column === 0 ? random % 6 : random % 256);

/** Possible pixels: 8 bits, dark, 4 bits, black and white, with a corner that is always black. */
const greys = fc.constantFrom<(random: number, column: number) => number>(
  (random) => random % 256,
  (random, column) => (column === 0 ? 0 : random % 256),
  darkCorner,
  darkerCorner,
  (random) => random % 17,
  (random) => random % 4,
  (random) => random % 2,
);

/** Notations of integers that programs write. */
const notations = fc.constantFrom<(value: number) => string>(
  String,
  (value) => `+${value}`,
  (value) => value.toFixed(1),
  (value) => value.toExponential(18),
  (value) => `${value}e0`,
  (value) => ` ${value}`,
  (value) => `0${value}`,
);

const usualNames = ["label", "Label", "class", "Class", "target", "y", "# label", "digit", "class_label"];

const shapes = fc.record({
  rows: fc.integer({ min: 2, max: 30 }),
  side: fc.integer({ min: 2, max: 4 }),
  classes: fc.integer({ min: 1, max: 4 }),
  firstClass: fc.constantFrom(0, 0, 0, 1, 3),
  place: fc.constantFrom("first", "last", "middle"),
  header: fc.constantFrom("none", "words", "numbers", "all-numbers"),
  name: fc.constantFrom(...usualNames),
  words: fc.boolean(),
  index: fc.constantFrom("none", "none", "none", "", "Unnamed: 0", "id", "index"),
  isShuffled: fc.boolean(),
  odd: fc.constantFrom(undefined, undefined, undefined, "-1", "0.5", "256", "", "?", "nan", "zero"),
  grey: greys,
  notation: notations,
  randoms: fc.array(fc.nat(65_535), { minLength: 30 * 18, maxLength: 30 * 18 }),
});

type Choice = typeof shapes extends fc.Arbitrary<infer Value> ? Value : never;

function write(choice: Choice, rows: number, from = 0): Written {
  const { side, classes, firstClass, place, header, name, words, index, isShuffled, odd } = choice;
  const pixels = side * side;
  const random = (row: number, column: number): number => {
    const at = (row + from) * 18 + column;
    // The numbers of later rows differ from those of earlier rows, even if only a few numbers were drawn.
    return choice.randoms[at % choice.randoms.length]! + 31 * Math.floor(at / choice.randoms.length);
  };
  // Every class has an image, in no particular order.
  const classOf = (row: number): number => firstClass + (row < classes ? row : random(row, 17) % classes);
  const labels = Array.from({ length: rows }, (_, row) => {
    const label = classOf(rows - 1 - row);
    return words ? `kind ${label}` : label;
  });
  // If all classes are words, a word is not recognized as a header.
  if (words && from === 0 && odd === "zero") labels[0] = odd;
  const images = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: pixels }, (_each, column) => choice.grey(random(row, column), column)),
  );
  const at = place === "first" ? 0 : place === "last" ? pixels : 1 + (random(0, 16) % (pixels - 1));
  const cells = images.map((image, row) => {
    const label = labels[row]!;
    const written = typeof label === "string" ? label : choice.notation(label);
    const own = row === 0 && from === 0 && odd !== undefined ? odd : written;
    const line = image.map(choice.notation).toSpliced(at, 0, own);
    const number = isShuffled ? from + ((row * 11) % rows) : from + row;
    return index === "none" ? line : [String(number), ...line];
  });
  const columnNames = Array.from({ length: pixels }, (_, column) =>
    header === "words" ? `pixel${column}` : String(column),
  );
  const named = [...(index === "none" ? [] : [index]), ...columnNames.toSpliced(at, 0, name)];
  const above =
    header === "none"
      ? []
      : header === "all-numbers"
        ? [cells[0]!.map((_cell, column) => String(column))]
        : [named];
  return {
    text: [...above, ...cells].map((row) => `${row.join(",")}\n`).join(""),
    labels,
    images: images.flat(),
    isPlain:
      (header === "words" || header === "numbers") &&
      odd === undefined &&
      classes > 1 &&
      rows > classes &&
      (index === "none" || new Set(cells.map(([cell]) => cell)).size === rows),
  };
}

/** Returns the labels as they were written. */
function labelsOf({ training, test: tested, classNames }: Dataset): (number | string)[] {
  return [...training.labels, ...tested.labels].map((label) => classNames?.[label] ?? label);
}

const chosen = { training: "train.csv", test: "test.csv", channels: 1 };

/**
 * Returns how a table was read: `right`, `refused`, `doubtful` (wrong, with a notice about another reading)
 * or `wrong`.
 */
async function verdictOn(training: Written, tested: Written): Promise<string> {
  const folder = createFolder({ "train.csv": training.text, "test.csv": tested.text });
  let dataset: Dataset;
  try {
    dataset = await loadCustomData("csv", chosen, folder);
  } catch (error) {
    if (error instanceof DatasetError) return "refused";
    throw error;
  }
  const found = [labelsOf(dataset), [...dataset.training.images, ...dataset.test.images]];
  const wanted = [
    [...training.labels, ...tested.labels],
    [...training.images, ...tested.images],
  ];
  if (JSON.stringify(found) === JSON.stringify(wanted)) return "right";
  return getNotices("csv", chosen, folder).some((notice) => notice.includes("seems to have the classes"))
    ? "doubtful"
    : "wrong";
}

/**
 * Whether no header names the classes, all classes are 0, and a corner of the images looks like classes. The
 * same bytes could be classes next to a pixel that is always black.
 */
function looksLikeAnother({ header, classes, firstClass, words, grey }: Choice): boolean {
  const isUnnamed = header === "none" || header === "all-numbers";
  const isBlack = classes === 1 && firstClass === 0 && !words;
  return isUnnamed && isBlack && (grey === darkCorner || grey === darkerCorner);
}

test("reads a table correctly, rejects it, or gives a notice about another reading", async () => {
  let right = 0; // otherwise the test would also pass if all tables were rejected
  await fc.assert(
    fc.asyncProperty(shapes, async (choice) => {
      const training = write(choice, choice.rows);
      const tested = write({ ...choice, odd: undefined }, choice.rows);
      const isOdd = choice.odd !== undefined && !(choice.words && choice.odd === "zero");
      const isKnowable = !looksLikeAnother(choice);
      // If the header determines everything, nothing is rejected.
      let allowed = ["right", "refused", "doubtful", ...(isKnowable ? [] : ["wrong"])];
      if (isOdd) allowed = allowed.filter((each) => each !== "right");
      if (training.isPlain && tested.isPlain) allowed = ["right"];
      const verdict = await verdictOn(training, tested);
      expect(allowed).toContain(verdict);
      if (verdict === "right") right += 1;
    }),
    { numRuns: 400, endOnFailure: true },
  );
  expect(right).toBeGreaterThan(20);
});

/** Tables with enough rows to use the content of a column as evidence. */
const manyRows = fc.tuple(
  shapes,
  fc.integer({ min: 100, max: 140 }),
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom("none", "all-numbers"),
);

test("reads or rejects a table of many rows without column names, or gives a notice", async () => {
  let right = 0;
  await fc.assert(
    fc.asyncProperty(manyRows, async ([shape, rows, classes, header]) => {
      const choice = { ...shape, classes, header, odd: undefined };
      const written = write(choice, rows);
      const verdict = await verdictOn(written, write(choice, rows, rows));
      const allowed = ["right", "refused", "doubtful", ...(looksLikeAnother(choice) ? ["wrong"] : [])];
      expect(allowed).toContain(verdict);
      if (verdict === "right") right += 1;
    }),
    { numRuns: 150, endOnFailure: true },
  );
  expect(right).toBeGreaterThan(20);
});
