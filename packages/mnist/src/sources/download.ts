import { closeSync, fsync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "@nn/platform/files";
import { processId } from "@nn/platform/host";
import { join } from "@nn/platform/path";

import { DatasetError, getErrorReason } from "../errors.ts";
import { decompress } from "../files/gzip.ts";
import { fileNames, maxPublishedSize, type FileRole } from "../files/published.ts";
import { computeMd5 } from "./checksum.ts";

/** The progress of the download of one file. */
export interface DownloadProgress {
  /** The file's name, without a folder. */
  readonly file: string;
  readonly url: string;
  /** Bytes received, as transferred. */
  readonly received: number;
  /** The total number of bytes, if the server reports it. */
  readonly total: number | undefined;
}

/** Options of `download`. */
export interface DownloadOptions {
  /** The folder for the files. It is created if it is missing. */
  readonly folder: string;
  readonly files: readonly FileRole[];
  /** The checksum of each decompressed file. */
  readonly md5: Readonly<Record<FileRole, string>>;
  /** URLs of folders that serve `<file name>.gz`. They are tried in this order. */
  readonly mirrors: readonly string[];
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** Aborts the download. `download` then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without data after which a mirror counts as failed. Default: 30 seconds. */
  readonly patience?: number | undefined;
}

/** Thrown if no mirror serves a file. */
export class DownloadError extends DatasetError {
  readonly file: string;
  /** The URL and the reason of each failed attempt. */
  readonly failures: readonly string[];

  constructor(file: string, failures: readonly string[]) {
    super(`${file}: no mirror has it. ${failures.join("; ")}`);
    this.file = file;
    this.failures = failures;
  }
}

/**
 * Downloads files from the first mirror that has them, and writes them decompressed, because plain files are
 * faster to read. A file gets its final name only when it is complete and its checksum is correct. Complete
 * files remain after an error, so another run downloads only the others. Throws DownloadError if all mirrors
 * failed, and DatasetError if the folder cannot be written.
 */
export async function download(options: DownloadOptions): Promise<void> {
  let mirrors = options.mirrors;
  for (const role of options.files) {
    const failures: string[] = [];
    let content: Uint8Array | undefined;
    for (const mirror of mirrors) {
      const url = `${mirror.replace(/\/*$/, "/")}${fileNames[role]}.gz`;
      try {
        content = await fetchFile(url, role, options);
        break;
      } catch (error) {
        options.signal?.throwIfAborted();
        failures.push(`${url}: ${getErrorReason(error)}`);
        // Move the mirror to the end, so that the other files do not wait for a dead mirror again.
        mirrors = [...mirrors.filter((other) => other !== mirror), mirror];
      }
    }
    if (content === undefined) throw new DownloadError(fileNames[role], failures);
    await place(options.folder, fileNames[role], content);
  }
}

/** Downloads a file and returns its decompressed content. Throws an error if its MD5 is wrong. */
async function fetchFile(url: string, role: FileRole, options: DownloadOptions): Promise<Uint8Array> {
  const body = await fetchBody(url, fileNames[role], options);
  const content = decompress(body, maxPublishedSize);
  const md5 = computeMd5(content);
  const expected = options.md5[role];
  if (md5 !== expected) throw new Error(`expected the MD5 ${expected} after decompression, got ${md5}`);
  return content;
}

async function fetchBody(url: string, file: string, options: DownloadOptions): Promise<Uint8Array> {
  const patience = options.patience ?? 30_000;
  const stalled = new AbortController();
  const giveUp = (): void => stalled.abort(new Error(`no answer for ${patience / 1000} s`));
  let timer = setTimeout(giveUp, patience);
  const signal =
    options.signal === undefined ? stalled.signal : AbortSignal.any([options.signal, stalled.signal]);
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
      if (received > maxPublishedSize) throw new Error(`more than ${maxPublishedSize} bytes: another file`);
      options.onProgress?.({ file, url, received, total });
    }
    return joined(chunks, received);
  } finally {
    clearTimeout(timer);
    // This closes the connection if the body was not read completely.
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

/** The number of files that this process has started to write. */
let written = 0;

/**
 * Writes a file atomically: its name exists only once the file is complete, even if the disk is full or the
 * process is killed.
 */
async function place(folder: string, name: string, content: Uint8Array): Promise<void> {
  const path = join(folder, name);
  // Several workers may download the same file concurrently. Each writes its own temporary file, and the last
  // one to finish wins.
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
      // The folder is not writable, as the first error shows.
    }
    throw new DatasetError(
      `${path}: cannot write ${content.length} bytes (${getErrorReason(error)}). ` +
        `Free disk space or make the folder writable, then run again: existing files are not downloaded again.`,
      { cause: error },
    );
  }
}
