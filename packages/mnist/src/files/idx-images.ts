import {
  readIdxFile,
  readIdxChunks,
  readIdxShape,
  isGzippedIdx,
  type IdxArray,
  type IdxExpectation,
} from "./idx.ts";

/** The images of an IDX file. A plain file is read only when the images are needed. */
export class IdxImages implements IdxArray {
  readonly file: string;
  readonly shape: readonly number[];
  readonly #expectation: IdxExpectation;
  #data: Uint8Array | undefined;

  /** Checks the header and the length of the file. Decompresses a gzipped file. Throws IdxError. */
  constructor(expectation: IdxExpectation) {
    this.file = expectation.file;
    this.#expectation = expectation;
    if (isGzippedIdx(expectation)) {
      const { shape, data } = readIdxFile(expectation);
      this.shape = shape;
      this.#data = data;
    } else this.shape = readIdxShape(expectation);
  }

  /** All images, read at the first use. Throws IdxError. */
  get data(): Uint8Array {
    this.#data ??= readIdxFile(this.#expectation).data;
    return this.#data;
  }

  /**
   * Returns the bytes of the images in chunks, without keeping them in memory. A chunk is valid until the
   * next one is requested. Throws IdxError.
   */
  chunks(): Iterable<Uint8Array> {
    return this.#data === undefined ? readIdxChunks(this.#expectation) : [this.#data];
  }
}
