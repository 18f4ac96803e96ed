import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { startLocalServer } from "../../test/local-server.ts";
import { createTemporaryFolder } from "../../test/temporary-folder.ts";
import { defineTinyDataset, tinyFiles, writeFiles } from "../../test/tiny-dataset.ts";
import { DatasetError } from "../errors.ts";
import { encodeIdx } from "../files/idx.ts";
import { fileNames, fileRoles } from "../files/published.ts";
import type { DownloadProgress } from "./download.ts";

const options = { validation: 0 };
const names = fileRoles.map((role) => fileNames[role]);

/** What a mirror serves: `/train-images-idx3-ubyte.gz` and so on. */
const served = new Map(fileRoles.map((role) => [`/${fileNames[role]}.gz`, gzipSync(tinyFiles[role])]));

/** A mirror that serves all files. */
function goodMirror(): ReturnType<typeof startLocalServer> {
  return startLocalServer((request, response) => {
    const body = served.get(request.url ?? "");
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-length": body.length }).end(body);
  });
}

/** Returns the URL of a port that nothing listens on. */
async function deadMirror(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === "string") throw new Error("the server listened on no port");
  return `http://127.0.0.1:${address.port}/`;
}

test("downloads, decompresses, stores and reads missing files", async () => {
  const dataFolder = join(createTemporaryFolder(), "not", "there", "yet");
  const mirror = await goodMirror();
  const { training } = await defineTinyDataset({ mirrors: [mirror.url] }).load(options, { dataFolder });
  expect([...training.labels]).toEqual([0, 1, 2, 1, 0]);
  expect(readdirSync(join(dataFolder, "tiny")).sort()).toEqual(names.toSorted());
  for (const role of fileRoles) {
    expect([...readFileSync(join(dataFolder, "tiny", fileNames[role]))]).toEqual([...tinyFiles[role]]);
  }
});

test("a second load reads the downloaded files without a server", async () => {
  const dataFolder = createTemporaryFolder();
  const mirror = await goodMirror();
  await defineTinyDataset({ mirrors: [mirror.url] }).load(options, { dataFolder });
  expect(mirror.requests).toHaveLength(4);
  const { training } = await defineTinyDataset().load(options, { dataFolder });
  expect(training.count).toBe(5);
});

test("downloads nothing the second time", async () => {
  const dataFolder = createTemporaryFolder();
  const mirror = await goodMirror();
  const tiny = defineTinyDataset({ mirrors: [mirror.url] });
  await tiny.load(options, { dataFolder });
  await tiny.load(options, { dataFolder });
  expect(mirror.requests).toHaveLength(4);
});

test("resumes an interrupted download with the missing files", async () => {
  const dataFolder = createTemporaryFolder();
  const { trainingImages, testLabels } = tinyFiles;
  writeFiles(join(dataFolder, "tiny"), { trainingImages, testLabels });
  const mirror = await goodMirror();
  await defineTinyDataset({ mirrors: [mirror.url] }).load(options, { dataFolder });
  expect(mirror.requests).toEqual(["/train-labels-idx1-ubyte.gz", "/t10k-images-idx3-ubyte.gz"]);
});

test("the caller's mirrors replace the known ones, with or without a final slash", async () => {
  const known = await goodMirror();
  const mirror = await goodMirror();
  const mirrors = [mirror.url.slice(0, -1)];
  await defineTinyDataset({ mirrors: [known.url] }).load(options, {
    dataFolder: createTemporaryFolder(),
    mirrors,
  });
  expect(known.requests).toEqual([]);
  expect(mirror.requests).toHaveLength(4);
});

test("accepts files that a server has already decompressed", async () => {
  const mirror = await startLocalServer((request, response) => {
    const role = fileRoles.find((each) => request.url === `/${fileNames[each]}.gz`);
    response.end(role === undefined ? "" : tinyFiles[role]);
  });
  const { test: split } = await defineTinyDataset({ mirrors: [mirror.url] }).load(options, {
    dataFolder: createTemporaryFolder(),
  });
  expect([...split.labels]).toEqual([2, 0]);
});

const otherLabels = gzipSync(encodeIdx({ shape: [5], data: new Uint8Array(5) }));

/** How a mirror fails, and the reason in the message. */
const failures: readonly (readonly [
  name: string,
  answer: Parameters<typeof startLocalServer>[0],
  reason: RegExp,
])[] = [
  ["answers with an error", (_, response) => response.writeHead(503).end(), /the server answers 503/],
  [
    "sends another file",
    (_, response) => response.end(otherLabels),
    /expected the MD5 [0-9a-f]{32} after decompression, got [0-9a-f]{32}/,
  ],
  [
    "sends a web page",
    (_, response) => response.end("<html>log in</html>"),
    /expected the MD5 .* after decompression/,
  ],
  [
    "breaks off, its length known",
    (request, response) => {
      const body = served.get(request.url ?? "") ?? Buffer.alloc(0);
      response.writeHead(200, { "content-length": body.length });
      response.write(body.subarray(0, 20), () => response.destroy());
    },
    /other side closed|terminated|aborted|ECONNRESET/,
  ],
  [
    "sends a part as if it were the whole",
    (request, response) => response.end(served.get(request.url ?? "")?.subarray(0, 20)),
    /unexpected end of file/,
  ],
  ["never answers", () => {}, /no answer for 0.05 s/],
  [
    "stops in the middle",
    (request, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write(served.get(request.url ?? ""));
    },
    /no answer for 0.05 s/,
  ],
];

/** Milliseconds: short only if the mirror's silence is the failure, because a busy machine is slow, too. */
function patienceFor(reason: RegExp): number {
  return reason.source.startsWith("no answer") ? 50 : 60_000;
}

test.each(failures)(
  "a mirror that %s leaves no file behind, and the error states the reason",
  async (_, answer, reason) => {
    const dataFolder = createTemporaryFolder();
    const mirror = await startLocalServer(answer);
    const loading = defineTinyDataset({ mirrors: [mirror.url] }).load(options, {
      dataFolder,
      patience: patienceFor(reason),
    });
    await expect(loading).rejects.toThrow(DatasetError);
    await expect(loading).rejects.toThrow(reason);
    await expect(loading).rejects.toThrow(
      `Tried to download train-images-idx3-ubyte:\n  ${mirror.url}train-images`,
    );
    expect(readdirSync(dataFolder)).toEqual([]);
  },
);

test.each(failures)("tries the next mirror after one that %s", async (_, answer) => {
  const dataFolder = createTemporaryFolder();
  const bad = await startLocalServer(answer);
  const good = await goodMirror();
  await defineTinyDataset({ mirrors: [bad.url, good.url] }).load(options, { dataFolder, patience: 2000 });
  expect(readdirSync(join(dataFolder, "tiny")).sort()).toEqual(names.toSorted());
  // After one failure, the other three files are requested from the good mirror first.
  expect([bad.requests.length, good.requests.length]).toEqual([1, 4]);
});

test("the error names an unreachable machine with the reason", async () => {
  const mirror = await deadMirror();
  await expect(
    defineTinyDataset({ mirrors: [mirror] }).load(options, { dataFolder: createTemporaryFolder() }),
  ).rejects.toThrow(`${mirror}train-images-idx3-ubyte.gz: connect ECONNREFUSED 127.0.0.1`);
});

test("keeps the files before a failure, and the next run downloads only the others", async () => {
  const dataFolder = createTemporaryFolder();
  const half = await startLocalServer((request, response) => {
    if (request.url?.includes("t10k") === true) response.writeHead(500).end();
    else response.end(served.get(request.url ?? ""));
  });
  await expect(defineTinyDataset({ mirrors: [half.url] }).load(options, { dataFolder })).rejects.toThrow(
    /500/,
  );
  expect(readdirSync(join(dataFolder, "tiny")).sort()).toEqual([
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
  ]);
  const good = await goodMirror();
  await defineTinyDataset({ mirrors: [good.url] }).load(options, { dataFolder });
  expect(good.requests).toEqual(["/t10k-images-idx3-ubyte.gz", "/t10k-labels-idx1-ubyte.gz"]);
});

test("reports the progress of each file up to its whole size", async () => {
  const mirror = await goodMirror();
  const seen: DownloadProgress[] = [];
  await defineTinyDataset({ mirrors: [mirror.url] }).load(options, {
    dataFolder: createTemporaryFolder(),
    onProgress: (progress) => seen.push(progress),
  });
  for (const name of names) {
    const ofFile = seen.filter((progress) => progress.file === name);
    const size = served.get(`/${name}.gz`)?.length;
    expect(ofFile.at(-1)).toEqual({
      file: name,
      url: `${mirror.url}${name}.gz`,
      received: size,
      total: size,
    });
  }
});

test("an aborted download rejects with the reason and tries no other mirror", async () => {
  const dataFolder = createTemporaryFolder();
  const stop = new AbortController();
  const reason = new Error("interrupted");
  const silent = await startLocalServer(() => stop.abort(reason));
  const other = await goodMirror();
  await expect(
    defineTinyDataset({ mirrors: [silent.url, other.url] }).load(options, {
      dataFolder,
      signal: stop.signal,
    }),
  ).rejects.toBe(reason);
  expect(other.requests).toEqual([]);
  expect(readdirSync(dataFolder)).toEqual([]);
});

test("two concurrent downloads both get the data set and leave no other files", async () => {
  const dataFolder = createTemporaryFolder();
  const mirror = await goodMirror();
  const tiny = defineTinyDataset({ mirrors: [mirror.url] });
  const both = await Promise.all([tiny.load(options, { dataFolder }), tiny.load(options, { dataFolder })]);
  expect(both.map(({ training }) => training.count)).toEqual([5, 5]);
  expect(readdirSync(join(dataFolder, "tiny")).sort()).toEqual(names.toSorted());
});

test("a data folder that cannot be created is an error with advice", async () => {
  const blocked = join(createTemporaryFolder(), "file");
  writeFileSync(blocked, "");
  const mirror = await goodMirror();
  const error = await defineTinyDataset({ mirrors: [mirror.url] })
    .load(options, { dataFolder: blocked })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DatasetError);
  expect(String(error)).toMatch(
    new RegExp(
      /train-images-idx3-ubyte: cannot write 46 bytes \(ENOTDIR.*Free disk space or make /.source +
        /the folder writable/.source,
    ),
  );
});

test("a file that cannot be renamed leaves no temporary file", async () => {
  const dataFolder = createTemporaryFolder();
  mkdirSync(join(dataFolder, "tiny", "train-images-idx3-ubyte", "in-the-way"), { recursive: true });
  const mirror = await goodMirror();
  await expect(defineTinyDataset({ mirrors: [mirror.url] }).load(options, { dataFolder })).rejects.toThrow(
    DatasetError,
  );
  expect(readdirSync(join(dataFolder, "tiny"))).toEqual(["train-images-idx3-ubyte"]);
});
