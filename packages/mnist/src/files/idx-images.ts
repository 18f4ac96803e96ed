import {
  readIdxFile,
  readIdxChunks,
  readIdxShape,
  isGzippedIdx,
  type IdxArray,
  type IdxExpectation,
} from "./idx.ts";

/** The images of an IDX file. Those of a plain file stay in the file until they are needed. */
export class IdxImages implements IdxArray {
  readonly file: string;
  readonly shape: readonly number[];
  readonly #expectation: IdxExpectation;
  #data: Uint8Array | undefined;

  /** Checks the header and the length of the file; decompresses a gzipped one. Throws IdxError. */
  constructor(expectation: IdxExpectation) {
    this.file = expectation.file;
    this.#expectation = expectation;
    if (isGzippedIdx(expectation)) {
      const { shape, data } = readIdxFile(expectation);
      this.shape = shape;
      this.#data = data;
    } else this.shape = readIdxShape(expectation);
  }

  /** Reads all images at the first use. Throws IdxError. */
  get data(): Uint8Array {
    this.#data ??= readIdxFile(this.#expectation).data;
    return this.#data;
  }

  /**
   * Returns the same bytes in chunks, without keeping them in memory. A chunk is valid until the next one is
   * requested. Throws IdxError.
   */
  chunks(): Iterable<Uint8Array> {
    return this.#data === undefined ? readIdxChunks(this.#expectation) : [this.#data];
  }
}
