/** The part of `fs.Stats` that the core uses. */
export interface FileStats {
  /** Size in bytes. */
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** The part of `node:fs` that the core uses, with the same names. Errors have the system's `code`. */
export interface FileSystem {
  readonly existsSync: (path: string) => boolean;
  /** Throws if the path does not exist, unless `throwIfNoEntry` is false. */
  readonly statSync: {
    (path: string): FileStats;
    (path: string, options: { readonly throwIfNoEntry: false }): FileStats | undefined;
  };
  readonly readFileSync: {
    (path: string): Uint8Array<ArrayBuffer>;
    (path: string, encoding: "utf8"): string;
  };
  /** Returns the names in a folder, in no particular order. */
  readonly readdirSync: (folder: string) => string[];
  /** Returns the path with symbolic links resolved. */
  readonly realpathSync: (path: string) => string;
  readonly mkdirSync: (path: string, options: { readonly recursive: true }) => unknown;
  readonly renameSync: (from: string, to: string) => void;
  readonly rmSync: (path: string, options: { readonly force: true }) => void;
  /** Opens a file for reading ("r"), or creates or truncates it for writing ("w"). Returns its descriptor. */
  readonly openSync: (path: string, flags: "r" | "w") => number;
  readonly fstatSync: (file: number) => FileStats;
  /**
   * Reads up to `length` bytes, from `position` in the file, into `bytes` at `offset`. Returns the number of
   * bytes read.
   */
  readonly readSync: (
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
  /** Writes the entire content to a path or to an open file. */
  readonly writeFileSync: (file: string | number, content: string | Uint8Array) => void;
  /** Returns after the written data is on the disk. */
  readonly fsyncSync: (file: number) => void;
  /** Calls `done` after the written data is on the disk. */
  readonly fsync: (file: number, done: (error: Error | null) => void) => void;
  readonly closeSync: (file: number) => void;
}

/** The part of `node:path` that the core uses. */
export interface Paths {
  readonly sep: string;
  readonly basename: (path: string, suffix?: string) => string;
  readonly dirname: (path: string) => string;
  readonly extname: (path: string) => string;
  readonly isAbsolute: (path: string) => boolean;
  readonly join: (...parts: string[]) => string;
  readonly relative: (from: string, to: string) => string;
  readonly resolve: (...parts: string[]) => string;
}

/** An incremental hash function. */
export interface Hash {
  /** Adds data. Text is encoded as UTF-8. */
  update(chunk: string | Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

/** The hash functions that the core uses. */
export type HashName = "sha256" | "md5";

/** The exports of a module, by name. */
export type Module = Readonly<Record<string, unknown>>;

/** Decompresses gzip files and zlib data, and computes their checksum. */
export interface Gzip {
  /**
   * Decompresses the content of a file. Throws an error with the code ERR_BUFFER_TOO_LARGE if the content has
   * more than `largest` bytes. `expected` is the approximate number of bytes of the content.
   */
  readonly gunzip: (packed: Uint8Array, largest: number, expected?: number) => Uint8Array<ArrayBuffer>;
  /** Decompresses the beginning of the content from the first bytes of a file. */
  readonly gunzipStart: (packed: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** Decompresses zlib data (RFC 1950), such as that of a PNG file. Throws the same error as `gunzip`. */
  readonly inflate: (packed: Uint8Array, largest: number) => Uint8Array<ArrayBuffer>;
  /** Returns the CRC-32 of gzip, zip and PNG files (RFC 1952, section 8): 0 to 2³² − 1. */
  readonly crc32: (bytes: Uint8Array) => number;
}

/** Properties of the process, or of the page in a browser. */
export interface Host {
  /** Id of this process, unique on the machine. */
  readonly processId: number;
  /** Id of this thread, unique in the process. */
  readonly threadId: number;
  /** Whether folders can be opened, so that fsync can write their entries to the disk. */
  readonly canOpenFolders: boolean;
  /** Returns the current working folder. */
  readonly getWorkingFolder: () => string;
  /** Returns the path of a `file:` URL. */
  readonly fileUrlToPath: (url: string) => string;
  /** Resolves after pending messages and signals have been handled. */
  readonly yieldToEventLoop: () => Promise<void>;
  /** Number of threads that can run at once. */
  readonly availableThreads: number;
}
