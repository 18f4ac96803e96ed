import { closeSync, fsync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { processId } from "@nn/platform/host";
import { join } from "@nn/platform/path";

import { DatasetError, reasonOf } from "../errors.ts";
import { unpacked } from "../files/gzip.ts";
import { fileNames, largestPublished, type FileRole } from "../files/published.ts";
import { md5Of } from "./checksum.ts";

/** How far the download of one file is. */
export interface DownloadProgress {
  /** The file's name, without a folder. */
  readonly file: string;
  readonly url: string;
  /** Bytes as they come over the wire. */
  readonly received: number;
  /** How many there will be, where the server says so. */
  readonly total: number | undefined;
}

/** Arguments of a download: which files, from which mirrors, into which folder. */
export interface Download {
  /** Where the files go; made if it is not there. */
  readonly folder: string;
  readonly files: readonly FileRole[];
  /** The checksum of each file once unpacked. */
  readonly md5: Readonly<Record<FileRole, string>>;
  /** Addresses of folders that serve `<file name>.gz`, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Stops the download; its reason is then what is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte after which a mirror counts as failed; 30 seconds unless given. */
  readonly patience?: number | undefined;
}

/** A file that no mirror gave. */
export class DownloadError extends DatasetError {
  readonly file: string;
  /** The address and the reason of each attempt. */
  readonly failures: readonly string[];

  constructor(file: string, failures: readonly string[]) {
    super(`${file}: no mirror has it. ${failures.join("; ")}`);
    this.file = file;
    this.failures = failures;
  }
}

/**
 * Fetches files from the first mirror that has them and writes them unpacked: plain files are read sooner. A
 * file appears under its name only when it is whole and its checksum right. Throws DownloadError when every
 * mirror failed, DatasetError when the folder cannot be written; what came until then stays, so another run
 * goes on from there.
 */
export async function download(order: Download): Promise<void> {
  let mirrors = order.mirrors;
  for (const role of order.files) {
    const failures: string[] = [];
    let content: Uint8Array | undefined;
    for (const mirror of mirrors) {
      const url = `${mirror.replace(/\/*$/, "/")}${fileNames[role]}.gz`;
      try {
        content = await fetchFile(url, role, order);
        break;
      } catch (error) {
        order.signal?.throwIfAborted();
        failures.push(`${url}: ${reasonOf(error)}`);
        // To the end of the line: four files should not wait for a dead mirror four times.
        mirrors = [...mirrors.filter((other) => other !== mirror), mirror];
      }
    }
    if (content === undefined) throw new DownloadError(fileNames[role], failures);
    await place(order.folder, fileNames[role], content);
  }
}

/** The unpacked, checked content. */
async function fetchFile(url: string, role: FileRole, order: Download): Promise<Uint8Array> {
  const body = await fetchBody(url, fileNames[role], order);
  const content = unpacked(body, largestPublished);
  const md5 = md5Of(content);
  const expected = order.md5[role];
  if (md5 !== expected) throw new Error(`expected the MD5 ${expected} once unpacked, got ${md5}`);
  return content;
}

async function fetchBody(url: string, file: string, order: Download): Promise<Uint8Array> {
  const patience = order.patience ?? 30_000;
  const stalled = new AbortController();
  const giveUp = (): void => stalled.abort(new Error(`no answer for ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  const signal =
    order.signal === undefined ? stalled.signal : AbortSignal.any([order.signal, stalled.signal]);
  try {
    const response = await fetch(url, { signal, headers: { "accept-encoding": "identity" } });
    if (!response.ok || response.body === null) {
      throw new Error(`the server answers ${response.status} ${response.statusText}`.trimEnd());
    }
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    const total = Number.isSafeInteger(length) ? length : undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, patience);
      chunks.push(chunk);
      received += chunk.length;
      if (received > largestPublished) throw new Error(`more than ${largestPublished} bytes: another file`);
      order.onProgress?.({ file, url, received, total });
    }
    return joined(chunks, received);
  } finally {
    clearTimeout(timer);
    // Lets go of the connection when the body was not read to its end.
    stalled.abort();
  }
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** How many files this process has begun to write. */
let written = 0;

/** Writes a file so that under its name there is all of it or nothing, also after a full disk or a kill. */
async function place(folder: string, name: string, content: Uint8Array): Promise<void> {
  const path = join(folder, name);
  // Several workers may fetch the same file at once: each writes its own, the last one to be ready stays.
  const temporary = `${path}.${processId}-${(written += 1)}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    const file = openSync(temporary, "w");
    try {
      writeFileSync(file, content);
      await new Promise<void>((resolve, reject) => {
        fsync(file, (error) => (error === null ? resolve() : reject(error)));
      });
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // The folder cannot be written at all: the first error says so.
    }
    throw new DatasetError(
      `${path}: expected to be able to write ${content.length} bytes, got "${reasonOf(error)}". ` +
        `Make room or make the folder writable, then run again: files that are there are not fetched again.`,
      { cause: error },
    );
  }
}
