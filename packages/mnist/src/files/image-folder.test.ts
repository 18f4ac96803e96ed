import { renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { createFolder, getLoadError } from "../../test/custom-data.ts";
import { encodePng } from "../../test/write-png.ts";

const options = { training: "train", test: "test" };
const png = encodePng([1, 2, 1], [0, 200]);
const files = Object.fromEntries(
  ["train", "test"].flatMap((part) => ["ant", "bee", "cow"].map((name) => [`${part}/${name}/1.png`, png])),
);

test("refuses every class folder that is a broken link or a loop of links", async () => {
  const folder = createFolder(files);
  symlinkSync("/not/mounted", join(folder, "train/dog"));
  symlinkSync("/not/mounted.png", join(folder, "train/ant/2"));
  symlinkSync("elk", join(folder, "train/elk"));
  const [dog, elk] = (await getLoadError("images", options, folder)).split("\n");
  expect(dog).toBe(
    "training: train/dog: expected a folder or a file, got a link to something that does not exist. Correct the " +
      "link, or remove it.",
  );
  expect(elk).toMatch(/^train\/elk: expected a folder or a file, got "ELOOP: .*Make it readable/);
});

test("refuses an image that is a broken link, and a link to a missing data folder", async () => {
  const folder = createFolder(files);
  symlinkSync("/not/mounted.png", join(folder, "train/ant/2.png"));
  symlinkSync("/not/mounted", join(folder, "elsewhere"));
  expect(await getLoadError("images", options, folder)).toContain(
    "training: train/ant/2.png: expected a folder or a file, got a link to something that does not exist.",
  );
  expect(await getLoadError("images", { ...options, training: "elsewhere" }, folder)).toBe(
    "training: elsewhere: expected a folder, got a link to something that does not exist. Correct the link, " +
      "or the path.",
  );
});

// Other systems do not allow such names.
test.runIf(process.platform === "linux")("refuses a class folder whose name is not UTF-8", async () => {
  const folder = createFolder(files);
  const name = Buffer.concat([Buffer.from(join(folder, "train/")), Buffer.of(0xff)]);
  renameSync(join(folder, "train/ant"), name);
  expect(await getLoadError("images", options, folder)).toContain(
    "training: train/\uFFFD: expected a name in UTF-8, got other bytes, so it cannot be opened. Rename it.",
  );
});
