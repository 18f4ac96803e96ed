import { writeFileSync } from "node:fs";
import path from "node:path";

import { validateCommand } from "../../packages/cli/src/commands/validate.ts";
import { datasets } from "../../packages/mnist/src/index.ts";
import { hostileTexts, type RandomChoices } from "./random-choices.ts";
import { checkOutcome, captureOutcome, type FuzzResult } from "./command-outcome.ts";
import { generateTable, type GeneratedTable } from "./generated-table.ts";

/** The intended content of a data set. */
interface Meant {
  readonly rows: readonly (readonly string[])[];
  readonly labels: readonly string[];
  /** One per image. */
  readonly pixels: readonly (readonly number[])[];
}

const WORDS = hostileTexts.filter((text) => text.trim() === text && text.length < 40 && !/[\r\n]/.test(text));

/** Writes a CSV data set, checks it with `validate`, and compares what is read with what was written. */
export async function fuzzDatasetTable(chance: RandomChoices, folder: string): Promise<FuzzResult> {
  const side = chance.integer(2, 5);
  const classes = chance.weighted([
    [1, 1],
    [8, chance.integer(2, 4)],
  ]);
  const areWords = chance.is(0.4);
  const first = chance.integer(0, WORDS.length - classes);
  const names = Array.from({ length: classes }, (_, index) =>
    areWords ? WORDS[first + index]! : `${index}`,
  );
  const isLast = chance.is(0.4);
  const header = headerOf(chance, side * side, isLast);
  // The names of other columns can suggest that they contain classes or row numbers.
  const isUsualHeader = header === undefined || header.includes("pixel0");
  const [training, test] = [12, 8].map((count) => meant(chance, { side, count, names, isLast, header }));
  const label = chance.weighted<string | undefined>([
    [3, isLast ? "last" : "first"],
    [1, undefined],
  ]);
  const isDamagedTest = chance.is(0.3);
  const damaged = isDamagedTest ? test! : training!;
  const labelColumn = isLast ? side * side : 0;
  const written = generateTable(damaged.rows, chance, {
    isNumber: (row, column) => (header === undefined || row > 0) && column !== labelColumn,
    mayPack: true,
  });
  const other = Buffer.from(
    `${(isDamagedTest ? training! : test!).rows.map((row) => row.map(cellOf).join(",")).join("\n")}\n`,
  );
  const files = isDamagedTest ? [other, written.bytes] : [written.bytes, other];
  writeFileSync(path.join(folder, "train.csv"), files[0]!);
  writeFileSync(path.join(folder, "test.csv"), files[1]!);
  const options = {
    training: "train.csv",
    test: "test.csv",
    ...(label !== undefined && { label }),
    ...(label !== undefined && { header: header !== undefined }),
  };
  const spec = path.join(folder, "spec.yaml");
  writeFileSync(
    spec,
    `name: tables\ndataset: ${JSON.stringify({ type: "csv", ...options })}\n` +
      `model: { layers: [{ type: flatten }, { type: dense, units: ${Math.max(2, classes)} }] }\n` +
      "optimizer: { type: sgd, learningRate: 0.1 }\ntraining: { epochs: 1, batchSize: 4 }\n",
  );
  const outcome = await captureOutcome((terminal) => validateCommand([spec], { set: [] }, terminal));
  // Messages about the data state the line of the option in the experiment file, or the data file.
  const faults = checkOutcome(outcome, ["train.csv", "test.csv", "spec.yaml"]);
  if (outcome.code === 0) {
    if (classes === 1) faults.push("data of one class are accepted");
    if (written.state === "wrong") faults.push("a damaged table is accepted");
    if (written.state === "same" || written.state === "exact")
      faults.push(...(await differences(folder, options, training!, test!, outcome.err)));
  } else if (written.state === "same" && classes > 1 && label !== undefined && isUsualHeader)
    faults.push(`an intact table is refused: ${outcome.err.slice(0, 400)}`);
  return {
    kind: outcome.code === 0 ? "answer" : "error",
    what: describe(written, options, isDamagedTest),
    faults,
  };
}

function describe(written: GeneratedTable, options: object, isTest: boolean): string {
  return `data set, ${isTest ? "test" : "train"}.csv ${written.what}, ${JSON.stringify(options)}`;
}

async function differences(
  folder: string,
  options: object,
  training: Meant,
  test: Meant,
  notices: string,
): Promise<string[]> {
  const csv = datasets.get("csv")!;
  const loaded = await csv.load(
    { channels: 1, validation: 0, normalize: false, ...options },
    { dataFolder: folder, experimentFolder: folder },
  );
  const faults: string[] = [];
  for (const [name, found, wanted] of [
    ["training", loaded.training, training],
    ["test", loaded.test, test],
  ] as const) {
    const labels = Array.from(found.labels, (label) => loaded.classNames?.[label] ?? `${label}`);
    if (labels.join("\n") !== wanted.labels.map((label) => label.normalize("NFC")).join("\n"))
      faults.push(`the labels of the ${name} images are others: ${labels.slice(0, 5).join(" ")}`);
    if (Buffer.from(found.images).compare(Buffer.from(wanted.pixels.flat())) !== 0)
      faults.push(`the pixels of the ${name} images are others`);
  }
  return faults.length > 0 && notices.includes("could have them as well") ? [] : faults;
}

interface Form {
  readonly side: number;
  readonly count: number;
  readonly names: readonly string[];
  readonly isLast: boolean;
  readonly header: readonly string[] | undefined;
}

function meant(chance: RandomChoices, { side, count, names, isLast, header }: Form): Meant {
  const labels = Array.from({ length: count }, (_, index) => names[index % names.length]!);
  const pixels = labels.map(() =>
    Array.from({ length: side * side }, () => (chance.is(0.4) ? 0 : chance.integer(0, 255))),
  );
  const rows = labels.map((label, index) => {
    const cells = pixels[index]!.map((pixel) => written(pixel, chance));
    return isLast ? [...cells, label] : [label, ...cells];
  });
  return { labels, pixels, rows: header === undefined ? rows : [header, ...rows] };
}

/** Formats a number as other programs do. */
function written(pixel: number, chance: RandomChoices): string {
  return chance.weighted([
    [30, `${pixel}`],
    [1, `${pixel}.0`],
    [1, pixel.toExponential(20)],
    [1, `+${pixel}`],
    [1, `00${pixel}`],
  ]);
}

function headerOf(chance: RandomChoices, pixels: number, isLast: boolean): string[] | undefined {
  const names = chance.weighted<readonly string[] | undefined>([
    [2, undefined],
    [3, Array.from({ length: pixels }, (_, index) => `pixel${index}`)],
    [1, Array.from({ length: pixels }, () => "pixel")],
    [1, Array.from({ length: pixels }, (_, index) => hostileTexts[index % hostileTexts.length]!)],
    [1, Array.from({ length: pixels }, (_, index) => `${index}`)],
    [1, Array.from({ length: pixels }, () => "")],
  ]);
  if (names === undefined) return undefined;
  const label = chance.one(["label", "class", "Target", "kind", "__proto__", ...hostileTexts.slice(0, 3)]);
  return isLast ? [...names, label] : [label, ...names];
}

function cellOf(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
