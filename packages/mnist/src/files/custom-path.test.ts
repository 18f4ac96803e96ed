import { symlinkSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { createFolder, getNotices } from "../../test/custom-data.ts";
import { tinyFiles } from "../../test/tiny-dataset.ts";
import { encodePng } from "../../test/write-png.ts";

const { trainingImages, trainingLabels } = tinyFiles;
const rows = "label,a,b,c,d\n1,0,1,2,3\n0,252,253,254,255\n2,9,8,7,6\n";
const files = {
  "a.csv": rows,
  "b.csv": rows,
  images: trainingImages,
  labels: trainingLabels,
  otherImages: trainingImages,
  otherLabels: trainingLabels,
  "a/ant/1.png": encodePng([1, 1, 1], [255]),
  "a/bee/1.png": encodePng([1, 1, 1], [0]),
};
const idx = { trainingImages: "images", trainingLabels: "labels" };
const bothAre = (what: string) =>
  expect.stringMatching(`^the ${what} of the training set and of the test set are both `);

test.each([
  ["csv", { training: "a.csv", test: "./a.csv", channels: 1 }, ["data"]],
  ["csv", { training: "a.csv", test: "link.csv", channels: 1 }, ["data"]],
  ["csv", { training: "a.csv", test: "b.csv", channels: 1 }, []],
  ["images", { training: "a", test: "a" }, ["data"]],
  ["idx", { ...idx, testImages: "images", testLabels: "labels" }, ["images", "labels"]],
  ["idx", { ...idx, testImages: "otherImages", testLabels: "labels" }, ["labels"]],
  ["idx", { ...idx, testImages: "otherImages", testLabels: "otherLabels" }, []],
])("%s with %j gives a notice about the files that both sets have: %j", (type, options, both) => {
  const folder = createFolder(files);
  symlinkSync("a.csv", join(folder, "link.csv"));
  const notices = getNotices(type, options, folder).filter((notice) => notice.includes(" are both "));
  expect(notices).toEqual(both.map(bothAre));
});
