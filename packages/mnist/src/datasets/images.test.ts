import { deflateSync } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { testDataset } from "../testing.ts";
import { images } from "./images.ts";
import { DatasetError } from "../errors.ts";
import {
  createFolder,
  loadCustomData,
  getNotices,
  getLoadError,
  type Files,
} from "../../test/custom-data.ts";
import { encodePng, type PngChanges } from "../../test/write-png.ts";

const options = { training: "train", test: "test" };
const png = (from: number, changes?: PngChanges) => encodePng([1, 2, 1], [from, from + 1], changes);
const files: Files = {
  "train/zebra/1.png": png(10),
  "train/ant/2.PNG": png(20),
  "train/ant/10.png": png(30),
  "train/ant/.hidden": "for the system",
  "train/notes.txt": "for people",
  "test/zebra/x.png": png(40),
};

testDataset(images, [
  { options, files: () => ({ dataFolder: "/nowhere", experimentFolder: createFolder(files) }) },
]);

/** Changes a byte of the compressed pixels. */
function corrupt(file: Uint8Array): Uint8Array {
  return file.with(45, file[45]! ^ 255);
}

test("reads classes and files in the order of the folder and file names", async () => {
  const dataset = await loadCustomData("images", options, createFolder(files));
  expect(dataset).toMatchObject({ exampleShape: [1, 2, 1], classes: 2 });
  expect([...dataset.training.images]).toEqual([30, 31, 20, 21, 10, 11]);
  expect([...dataset.training.labels]).toEqual([0, 0, 1]);
  expect([[...dataset.test.images], [...dataset.test.labels]]).toEqual([[40, 41], [1]]);
});

test("gives a notice about a class without test images", () => {
  expect(getNotices("images", options, createFolder(files))).toEqual([
    "ignored files that are not images of a class: notes.txt, .hidden",
    'test has no folder for class "ant", so the test metrics do not cover every class',
  ]);
  const whole = createFolder({ ...files, "test/ant/x.png": png(1) });
  expect(getNotices("images", options, whole)).toEqual([
    "ignored files that are not images of a class: notes.txt, .hidden",
  ]);
});

test("reads grey and color images, with and without transparency, with any filter", async () => {
  const shapes = fc.tuple(
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 4 }),
  );
  const filters = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 7, maxLength: 7 });
  const bytes = fc.uint8Array({ minLength: 7 * 7 * 4, maxLength: 7 * 7 * 4 });
  await fc.assert(
    fc.asyncProperty(shapes, filters, bytes, async (shape, rowFilters, all) => {
      const pixels = all.subarray(0, shape[0] * shape[1] * shape[2]);
      const file = encodePng(shape, pixels, { filters: rowFilters });
      const dataset = await loadCustomData(
        "images",
        options,
        createFolder({ "train/a/1.png": file, "train/b/1.png": file, "test/a/1.png": file }),
      );
      expect(dataset.exampleShape).toEqual(shape);
      expect([...dataset.training.images]).toEqual([...pixels, ...pixels]);
    }),
  );
});

test.each([
  [
    { "train/ant/3.png": "GIF89a" },
    "training: train/ant/3.png: expected a PNG file, got 47 49 46 38 (a GIF file). Convert it: magick",
  ],
  [
    { "train/ant/3.jpg": Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) },
    "training: train/ant/3.jpg: expected a PNG file, got ff d8 ff e0 (a JPEG file).",
  ],
  [
    { "train/ant/3.png": "PK\u0003\u0004" },
    "training: train/ant/3.png: expected a PNG file, got 50 4b 03 04 (a zip archive). Unpack it,",
  ],
  [
    { "train/ant/3.png": "BM12" },
    "training: train/ant/3.png: expected a PNG file, got 42 4d 31 32 (a BMP file). Convert it: magick",
  ],
  [
    { "train/ant/3.png": "text" },
    "training: train/ant/3.png: expected a PNG file, got 74 65 78 74. Replace it, or move it elsewhere.",
  ],
  [{ "train/ant/3.png": "" }, "training: train/ant/3.png: expected a PNG file, got an empty file."],
  [
    { "train/ant/3.png": png(1).subarray(0, 20) },
    "training: train/ant/3.png: expected a PNG header of 33 bytes, got a file of 20 bytes. Use a complete file.",
  ],
  [
    { "train/ant/3.png": corrupt(png(1)) },
    "training: train/ant/3.png: expected an intact PNG file, got one that is damaged (",
  ],
  [
    { "train/ant/3.png": png(1, { depth: 16 }) },
    "training: train/ant/3.png: expected grey or colours of 8 bits, got 16 bits.",
  ],
  [
    { "train/ant/3.png": png(1, { depth: 1 }) },
    "training: train/ant/3.png: expected grey or colours of 8 bits, got 1 bit.",
  ],
  [
    { "train/ant/3.png": png(1, { colourType: 3 }) },
    "training: train/ant/3.png: expected grey or colours of 8 bits, got a palette.",
  ],
  [
    { "test/ant/3.png": encodePng([2, 2, 1], [1, 2, 3, 4]) },
    "test: test/ant/3.png: expected (1, 2, 1) (height, width, channels) as ant/10.png of the training " +
      "images, got (2, 2, 1).",
  ],
  [
    { "train/zebra/3.png": encodePng([1, 2, 3], [1, 2, 3, 4, 5, 6]) },
    "training: train/zebra/3.png: expected (1, 2, 1) (height, width, channels) as ant/10.png of the " +
      "training images, got (1, 2, 3).",
  ],
  [{ "train/empty/.hidden": "" }, "training: train/empty: expected at least one image, got an empty folder."],
  [
    { "train/3.png": png(1) },
    "training: train/3.png: expected a folder for each class, got an image beside them. Put it into the " +
      "folder of its class.",
  ],
  [
    { "test/lion/3.png": png(1) },
    'got "lion". Rename it to one of them, or add training images of this class.',
  ],
])("reports %j with its file", async (wrong, message) => {
  expect(await getLoadError("images", options, createFolder({ ...files, ...wrong }))).toContain(message);
});

test("reports all wrong files at once", async () => {
  const wrong = {
    "train/ant/10.png": encodePng([2, 2, 1], [1, 2, 3, 4]),
    "train/ant/more/1.png": png(1),
    "train/zebra/2.png": "GIF89a",
    "train/zebra/3.png": png(9),
  };
  const folder = createFolder({ ...files, ...wrong });
  expect(() => getNotices("images", options, folder)).toThrow(DatasetError);
  expect((await getLoadError("images", options, folder)).split("\n")).toEqual([
    "training: train/ant/10.png: expected (1, 2, 1) (height, width, channels) as ant/2.PNG of the " +
      "training images, got (2, 2, 1). Convert all images to the same size and channels.",
    "train/ant/more: expected an image, got a folder. Put its images beside it, or remove it.",
    expect.stringMatching(/^train\/zebra\/2.png: expected a PNG file, got 47 49 46 38 \(a GIF file\)/),
  ]);
  // Errors that only the pixels show are also reported for all files of both folders.
  const cut = {
    "train/ant/10.png": corrupt(png(1)),
    "train/zebra/2.png": corrupt(png(1)),
    "test/zebra/x.png": corrupt(png(1)),
  };
  const damagedFolder = createFolder({ ...files, ...cut });
  expect((await getLoadError("images", options, damagedFolder)).split("\n")).toEqual(
    ["undefined: train/ant/10.png", "train/zebra/2.png", "test/zebra/x.png"].map((file) =>
      expect.stringContaining(
        `${file}: expected an intact PNG file, got one that is damaged (the checksum of`,
      ),
    ),
  );
});

test.each([
  ["a chunk with a wrong checksum", corrupt(png(1)), "the checksum of its chunk IDAT is wrong"],
  [
    "data that end in the last row",
    encodePng([1, 2, 1], [1, 2], { data: deflateSync(Uint8Array.of(0, 1)) }),
    "its data has 2 bytes instead of the 3 for its size",
  ],
  [
    "an unknown filter",
    encodePng([1, 2, 1], [1, 2], { data: deflateSync(Uint8Array.of(9, 1, 2)) }),
    "filter: 9",
  ],
  [
    "data that are not compressed",
    encodePng([1, 2, 1], [1, 2], { data: Uint8Array.of(1, 2) }),
    "incorrect header",
  ],
])("validate refuses %s, as the run does", async (_what, bytes, reason) => {
  const folder = createFolder({ ...files, "test/zebra/x.png": bytes });
  const message = `expected an intact PNG file, got one that is damaged (${reason}`;
  expect(() => getNotices("images", options, folder)).toThrow(reason);
  expect(await getLoadError("images", options, folder)).toContain(reason === "filter: 9" ? reason : message);
  const context = { dataFolder: "/nowhere", experimentFolder: folder };
  await expect(images.load({ ...options, validation: 0, normalize: false }, context)).rejects.toThrow(reason);
});

test.each([
  ["a grey file", png(1, { transparent: Uint8Array.of(0, 1) })],
  [
    "a color file",
    encodePng([1, 2, 3], [1, 2, 3, 4, 5, 6], { transparent: Uint8Array.of(0, 1, 0, 2, 0, 3) }),
  ],
])("refuses %s with a transparent color, in validate and in the run", async (_what, bytes) => {
  const message =
    "test/zebra/x.png: expected transparency in a channel of its own or none, got one transparent color";
  const folder = createFolder({ ...files, "test/zebra/x.png": bytes });
  expect(() => getNotices("images", options, folder)).toThrow(message);
  expect(await getLoadError("images", options, folder)).toContain(message);
});

test.each([33, 50, -13, -12, -1])("reports a PNG file cut off at %i before decompressing it", (end) => {
  const folder = createFolder({ ...files, "test/zebra/x.png": png(1).subarray(0, end) });
  expect(() => getNotices("images", options, folder)).toThrow("got a truncated one of ");
});

test("skips files of the system, with one notice", async () => {
  const left = {
    "train/ant/Thumbs.db": "x",
    "train/zebra/Thumbs.db": "x",
    "train/zebra/desktop.ini": "x",
    "train/__MACOSX/ant/._1.png": "x",
    "test/.DS_Store": "x",
    "test/ant/1.png": png(1),
  };
  const folder = createFolder({ ...files, ...left });
  const dataset = await loadCustomData("images", options, folder);
  expect(dataset).toMatchObject({ classes: 2, classNames: ["ant", "zebra"], training: { count: 3 } });
  expect(getNotices("images", options, folder)).toEqual([
    "ignored files that are not images of a class: __MACOSX, notes.txt, .hidden, 2 × Thumbs.db, " +
      "desktop.ini, 1 more names",
  ]);
});

test("treats both Unicode forms of a name as the same class", async () => {
  const [one, other] = ["caf\u00e9", "cafe\u0301"];
  const folder = createFolder({
    [`train/${one}/1.png`]: png(1),
    "train/zebra/1.png": png(2),
    [`test/${other}/1.png`]: png(3),
    "test/zebra/1.png": png(4),
  });
  const dataset = await loadCustomData("images", options, folder);
  expect([dataset.classNames, [...dataset.test.labels]]).toEqual([
    [one, "zebra"],
    [0, 1],
  ]);
  expect(dataset.test.origins?.of(0)).toBe(`${one}/1.png`);
});

test.each([
  [
    ["c0/sub/1.png", "c1/sub/1.png"],
    "Move the images of each class up into its folder, such as those of train/c0/sub into train/c0.",
  ],
  [["train/c0/1.png", "test/c0/1.png"], "Use the one that contains the class folders, such as train/train."],
  [["a/c0/1.png", "a/c1/1.png"], "Use the one that contains the class folders, such as train/a."],
  [["a/b/c0/1.png", "a/b/c1/1.png"], "Use the one that contains the class folders, such as train/a/b."],
  [
    ["c0/train/1.png", "c0/test/1.png"],
    "Use a folder that contains one folder per class, with the images directly in it.",
  ],
  [["a/b/1.txt"], "Use a folder that contains one folder per class, with the images directly in it."],
])("says how to mend folders on another level: %j", async (paths, advice) => {
  const folder = createFolder(Object.fromEntries(paths.map((path) => [`train/${path}`, png(1)])));
  expect(await getLoadError("images", { training: "train", test: "test" }, folder)).toMatch(
    new RegExp(`folders that contain folders: [^.]*\\. ${advice.replaceAll(".", "\\.")}$`),
  );
});

test.each([
  [
    "..",
    "",
    "expected a folder for each class with its images, got folders that contain folders: test, " +
      "train. Use the one that contains the class folders, such as",
  ],
  ["train", "/ant", "expected a folder for each class, got 2 images and no folder. Use its parent folder,"],
])("reports folders on another level: %s%s", async (level, below, message) => {
  const training = level === ".." ? "." : `${level}${below}`;
  const folder = createFolder({ ...files, "test/ant/1.png": png(1) });
  expect(await getLoadError("images", { training, test: "test" }, folder)).toContain(message);
});

test("refuses a single class", async () => {
  const folder = createFolder({ "train/ant/1.png": png(1), "test/ant/1.png": png(1) });
  expect(await getLoadError("images", options, folder)).toBe(
    'training: train: expected folders of at least two classes, got only "ant". Choose a folder that ' +
      "contains one folder per class.",
  );
});

test("refuses a folder that is missing, is a file, or has no folders", async () => {
  const folder = createFolder(files);
  expect(await getLoadError("images", { ...options, test: "tset" }, folder)).toContain(
    "test: tset: expected a folder, but it does not exist. Paths are relative to the file that " +
      `contains them; the folder ${folder} has: test, train.`,
  );
  expect(await getLoadError("images", { ...options, test: "train/notes.txt" }, folder)).toBe(
    "test: train/notes.txt: expected a folder, got a file. Choose a folder that contains one folder per class.",
  );
  expect(
    await getLoadError("images", { ...options, training: "train/../../" }, createFolder({ only: "" })),
  ).toMatch(/^training: /);
});

test("a damaged file gives an image or a DatasetError", async () => {
  const intact = encodePng(
    [3, 3, 3],
    Array.from({ length: 27 }, (_, i) => 9 * i),
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(intact.length - 1), fc.nat(255), fc.nat(200), async (place, byte, length) => {
      const damaged = Uint8Array.from(intact);
      damaged[place] = byte;
      const file = damaged.subarray(0, Math.max(1, length));
      const message = await getLoadError(
        "images",
        options,
        createFolder({ "train/a/1.png": file, "train/b/1.png": intact, "test/a/1.png": intact }),
      );
      expect(message).toMatch(/^(in order|training: |test: )/);
    }),
  );
});
