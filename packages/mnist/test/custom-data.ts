import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { expect } from "vitest";

import { datasets } from "../src/catalog.ts";
import type { Dataset } from "../src/dataset.ts";
import { DatasetError } from "../src/errors.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

/** Files by their path in a folder. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** Creates a folder with these files. It is removed when the test ends. */
export function createFolder(files: Files): string {
  const folder = createTemporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Describes and loads a data set with paths in the folder. Both must agree. */
export async function loadCustomData(type: string, options: object, folder: string): Promise<Dataset> {
  const definition = datasets.get(type)!;
  const chosen = { validation: 0, normalize: false, ...options };
  const context = { dataFolder: "/nowhere", experimentFolder: folder };
  const info = definition.describe(chosen, context);
  const dataset = await definition.load(chosen, context);
  expect(info).toMatchObject({
    exampleShape: dataset.exampleShape,
    classes: dataset.classes,
    trainingCount: dataset.training.count,
    testCount: dataset.test.count,
  });
  expect(info.classNames).toEqual(dataset.classNames);
  if (info.trainingLabels !== undefined) expect(info.trainingLabels).toEqual(dataset.training.labels);
  return dataset;
}

/** Returns the notices about such data, with paths relative to the folder. */
export function getNotices(type: string, options: object, folder: string): string[] {
  const chosen = { validation: 0, normalize: false, ...options };
  const { notices = [] } = datasets
    .get(type)!
    .describe(chosen, { dataFolder: "/nowhere", experimentFolder: folder });
  return notices.map((notice) => notice.replaceAll(`${folder}/`, ""));
}

/** Returns the error for such data, with paths relative to the folder; "in order" if there is none. */
export async function getLoadError(type: string, options: object, folder: string): Promise<string> {
  try {
    await loadCustomData(type, options, folder);
  } catch (error) {
    if (error instanceof DatasetError)
      return `${error.option}: ${error.message.replaceAll(`${folder}/`, "")}`;
    throw error;
  }
  return "in order";
}
