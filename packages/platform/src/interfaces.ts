/** What is known of a file without reading it. */
export interface FileStats {
  /** Bytes. */
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

/** The part of `node:fs` that the core uses, by the same names. Errors have the system's `code`. */
export interface FileSystem {
  readonly existsSync: (path: string) => boolean;
  /** Throws where there is nothing, unless told not to. */
  readonly statSync: {
    (path: string): FileStats;
    (path: string, options: { readonly throwIfNoEntry: false }): FileStats | undefined;
  };
  readonly readFileSync: {
    (path: string): Uint8Array<ArrayBuffer>;
    (path: string, encoding: "utf8"): string;
  };
  /** The names in a folder, in no order. */
  readonly readdirSync: (folder: string) => string[];
  /** The path without symbolic links. */
  readonly realpathSync: (path: string) => string;
  readonly mkdirSync: (path: string, options: { readonly recursive: true }) => unknown;
  readonly renameSync: (from: string, to: string) => void;
  readonly rmSync: (path: string, options: { readonly force: true }) => void;
  /** Opens a file to be read, or to be written from its start; gives its number. */
  readonly openSync: (path: string, flags: "r" | "w") => number;
  readonly fstatSync: (file: number) => FileStats;
  /** Reads up to `length` bytes from `position` on into `bytes`; says how many there were. */
  readonly readSync: (
    file: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ) => number;
  /** Writes all of it, to a path or to an open file. */
  readonly writeFileSync: (file: string | number, content: string | Uint8Array) => void;
  /** Returns when the disk has what was written. */
  readonly fsyncSync: (file: number) => void;
  /** Calls back when the disk has what was written. */
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

/** A checksum that is taken of pieces, one after the other. */
export interface Hash {
  /** Text counts as UTF-8. */
  update(piece: string | Uint8Array): Hash;
  digest(encoding: "hex"): string;
}

/** The checksums that the core takes. */
export type HashName = "sha256" | "md5";

/** What a file of code exports, by name. */
export type Module = Readonly<Record<string, unknown>>;

/** Unpacks gzip files. */
export interface Gzip {
  /**
   * The content of a file. `largest`: throws an error of the code ERR_BUFFER_TOO_LARGE where it has more
   * bytes. `expected`: about how many there will be.
   */
  readonly gunzip: (packed: Uint8Array, largest: number, expected?: number) => Uint8Array<ArrayBuffer>;
  /** What the first bytes of a file unpack to. */
  readonly gunzipStart: (packed: Uint8Array) => Uint8Array<ArrayBuffer>;
}

/** This process, or this page. */
export interface Host {
  /** Tells this process from others of the machine. */
  readonly processId: number;
  /** Tells this thread from others of the process. */
  readonly threadId: number;
  /** Whether folders can be opened, to have the disk confirm the names in them. */
  readonly opensFolders: boolean;
  /** The folder that relative paths are of. */
  readonly workingFolder: () => string;
  /** The path of a `file:` address. */
  readonly pathOfUrl: (url: string) => string;
  /** Lets messages and signals in; resolves when they have been seen to. */
  readonly nextTurn: () => Promise<void>;
}
