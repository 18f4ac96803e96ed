import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { startLocalServer } from "../../test/local-server.ts";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { defineTinyDataset, tinyFiles, writeFiles } from "../../test/tiny-dataset.ts";
import type { Dataset } from "../dataset.ts";
import { DatasetError } from "../errors.ts";
import { encodeIdx } from "../files/idx.ts";
import { fileRoles, type FileRole } from "../files/published.ts";
import type { SourceFolder } from "./folder.ts";

const options = { validation: 2 };

function elsewhere(folder: string | undefined): SourceFolder {
  return { origin: "the tiny package", folder, remedy: "Install the tiny package again." };
}

/** Returns the error with which a promise rejects. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function expectTiny(dataset: Dataset): void {
  expect(dataset.name).toBe("tiny");
  expect([dataset.training.count, dataset.test.count]).toEqual([5, 2]);
  expect([...dataset.training.labels]).toEqual([0, 1, 2, 1, 0]);
  expect([...dataset.training.images]).toEqual(Array.from({ length: 30 }, (_, i) => i * 8));
  expect([...dataset.test.labels]).toEqual([2, 0]);
  expect(dataset.test.images[11]).toBe(244);
}

test("reads files in the data folder and looks nowhere else", async () => {
  const dataFolder = createTemporaryFolder();
  writeFiles(join(dataFolder, "tiny"), tinyFiles);
  const server = await startLocalServer((_, response) => response.writeHead(500).end());
  expectTiny(await defineTinyDataset({ mirrors: [server.url] }).load(options, { dataFolder }));
  expect(server.requests).toEqual([]);
});

test("accepts names with a dot, gzipped files, and folders with the name of a file", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = join(dataFolder, "tiny");
  mkdirSync(join(folder, "train-images-idx3-ubyte"), { recursive: true });
  writeFileSync(join(folder, "train-images.idx3-ubyte"), tinyFiles.trainingImages);
  writeFileSync(join(folder, "train-labels-idx1-ubyte.gz"), gzipSync(tinyFiles.trainingLabels));
  writeFileSync(join(folder, "t10k-images.idx3-ubyte.gz"), gzipSync(tinyFiles.testImages));
  writeFileSync(join(folder, "t10k-labels-idx1-ubyte"), tinyFiles.testLabels);
  expectTiny(await defineTinyDataset().load(options, { dataFolder }));
});

test("custom files need not be the published ones", async () => {
  const dataFolder = createTemporaryFolder();
  const trainingLabels = encodeIdx({ shape: [5], data: Uint8Array.of(2, 2, 1, 2, 2) });
  writeFiles(join(dataFolder, "tiny"), { ...tinyFiles, trainingLabels });
  const { training } = await defineTinyDataset().load(options, { dataFolder });
  expect([...training.labels]).toEqual([2, 2, 1, 2, 2]);
});

test("finds the files without reading or downloading them", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  expect(defineTinyDataset({ places: [elsewhere(folder)] }).find({}, { dataFolder })).toBeUndefined();
  writeFiles(folder, tinyFiles);
  const tiny = defineTinyDataset({ places: [elsewhere(folder)] });
  expect(tiny.find({}, { dataFolder })).toBe("the tiny package");
  expect((await tiny.load(options, { dataFolder })).source).toBe("the tiny package");
  writeFiles(join(dataFolder, "tiny"), tinyFiles);
  expect(tiny.find({}, { dataFolder })).toBe(join(dataFolder, "tiny"));
  expect((await tiny.load(options, { dataFolder })).source).toBe(join(dataFolder, "tiny"));
});

test("reads files from another place if the data folder has none", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  writeFiles(folder, tinyFiles);
  expectTiny(
    await defineTinyDataset({ places: [elsewhere(undefined), elsewhere(folder)] }).load(options, {
      dataFolder,
    }),
  );
  expect(readdirSync(dataFolder)).toEqual([]);
});

test("the data folder has priority over other places", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  writeFiles(join(dataFolder, "tiny"), tinyFiles);
  writeFiles(folder, { ...tinyFiles, trainingLabels: encodeIdx({ shape: [5], data: new Uint8Array(5) }) });
  expectTiny(await defineTinyDataset({ places: [elsewhere(folder)] }).load(options, { dataFolder }));
});

test("a truncated file is an error with the file and advice for its place", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  const cut = { ...tinyFiles, testImages: tinyFiles.testImages.subarray(0, 20) };
  writeFiles(join(dataFolder, "tiny"), cut);
  writeFiles(folder, cut);
  await expect(defineTinyDataset().load(options, { dataFolder })).rejects.toThrow(
    `${join(dataFolder, "tiny", "t10k-images-idx3-ubyte")}: expected 28 bytes according to the header, ` +
      `got only 20. Remove it or replace it with a complete copy, then run again.`,
  );
  await expect(
    defineTinyDataset({ places: [elsewhere(folder)] }).load(options, { dataFolder: createTemporaryFolder() }),
  ).rejects.toThrow("got only 20. Install the tiny package again.");
});

test("incomplete custom data is an error and is not completed with published files", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = join(dataFolder, "tiny");
  const place = createTemporaryFolder();
  writeFiles(place, tinyFiles);
  writeFiles(folder, {
    trainingImages: tinyFiles.trainingImages,
    trainingLabels: encodeIdx({ shape: [5], data: new Uint8Array(5) }),
  });
  await expect(
    defineTinyDataset({ places: [elsewhere(place)] }).load(options, { dataFolder }),
  ).rejects.toThrow(
    new DatasetError(
      `${folder}: expected all four files of a data set, got only train-images-idx3-ubyte, train-labels-idx1-ubyte. ` +
        `train-labels-idx1-ubyte is not the published file, so the others are not downloaded: ` +
        `put t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte beside it, or remove it.`,
    ),
  );
});

test("incomplete published files do not hide another place that has all", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  writeFiles(folder, tinyFiles);
  writeFiles(join(dataFolder, "tiny"), { testLabels: tinyFiles.testLabels });
  expectTiny(await defineTinyDataset({ places: [elsewhere(folder)] }).load(options, { dataFolder }));
});

test("if no place has the files, the error lists all attempts and how to place the files", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = createTemporaryFolder();
  const server = await startLocalServer((_, response) => response.writeHead(404, "Not Found").end());
  writeFiles(folder, { testLabels: tinyFiles.testLabels });
  const places = [elsewhere(undefined), elsewhere(folder)];
  const error = await failure(
    defineTinyDataset({ places, mirrors: [`${server.url}a/`, `${server.url}b`] }).load(options, {
      dataFolder,
    }),
  );
  expect(error).toBeInstanceOf(DatasetError);
  expect(String(error)).toBe(
    [
      "DatasetError: tiny: expected its four files on this machine or on a server, got neither.",
      "Looked in:",
      `  the data folder (${join(dataFolder, "tiny")}): none of the files`,
      "  the tiny package (not installed): none of the files",
      `  the tiny package (${folder}): only t10k-labels-idx1-ubyte`,
      "Tried to download train-images-idx3-ubyte:",
      `  ${server.url}a/train-images-idx3-ubyte.gz: the server answers 404 Not Found`,
      `  ${server.url}b/train-images-idx3-ubyte.gz: the server answers 404 Not Found`,
      "To place them by hand, put train-images-idx3-ubyte, train-labels-idx1-ubyte, " +
        "t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte",
      `(as they are, or each with .gz) into ${join(dataFolder, "tiny")}; data/README.md says where to get them.`,
    ].join("\n"),
  );
  expect(readdirSync(dataFolder)).toEqual([]);
});

test("images and labels of different length in the data folder are an error", async () => {
  const dataFolder = createTemporaryFolder();
  writeFiles(join(dataFolder, "tiny"), { ...tinyFiles, trainingLabels: tinyFiles.testLabels });
  await expect(defineTinyDataset().load(options, { dataFolder })).rejects.toThrow(
    /train-labels-idx1-ubyte: expected a label for each of the 5 images of .*train-images-idx3-ubyte, got 2 labels/,
  );
});

test("holding out all images is an error; validation: test is not", async () => {
  const dataFolder = createTemporaryFolder();
  writeFiles(join(dataFolder, "tiny"), tinyFiles);
  await expect(defineTinyDataset().load({ validation: 5 }, { dataFolder })).rejects.toThrow(
    "dataset.validation: expected fewer than the 5 images of the training set, got 5.",
  );
  expectTiny(await defineTinyDataset().load({ validation: 4 }, { dataFolder }));
  expectTiny(await defineTinyDataset().load({ validation: "test" }, { dataFolder }));
});

test("damaged files give a data set or a DatasetError", async () => {
  const dataFolder = createTemporaryFolder();
  const folder = join(dataFolder, "tiny");
  const damage = fc.record({
    role: fc.constantFrom(...fileRoles),
    how: fc.constantFrom("change", "cut", "exchange", "remove", "pack and change"),
    at: fc.nat(),
    byte: fc.nat(255),
  });
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const files: Partial<Record<FileRole, Uint8Array>> = { ...tinyFiles };
      for (const { role, how, at, byte } of damages) {
        const whole = tinyFiles[role];
        const changed = Uint8Array.from(how === "pack and change" ? gzipSync(whole) : whole);
        if (how === "change" || how === "pack and change") changed[at % changed.length] = byte;
        files[role] = changed;
        if (how === "cut") files[role] = whole.subarray(0, at % whole.length);
        if (how === "exchange") files[role] = tinyFiles[fileRoles[at % 4]!];
        if (how === "remove") delete files[role];
      }
      rmSync(folder, { recursive: true, force: true });
      writeFiles(folder, files);
      const error = await failure(defineTinyDataset().load(options, { dataFolder }));
      const outcome = error instanceof Error ? error.name : "a data set";
      expect(["a data set", "DatasetError", "IdxError"]).toContain(outcome);
      outcomes.add(outcome);
    }),
    { numRuns: 200 },
  );
  expect([...outcomes]).toEqual(expect.arrayContaining(["DatasetError", "IdxError"]));
});
