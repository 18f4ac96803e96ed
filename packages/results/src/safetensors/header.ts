/** The entry of a tensor in the header. `begin` and `end` are byte offsets from the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: "F32" | "F64";
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The header of a safetensors file. */
export interface Header {
  /** Sorted by the offset of their data. */
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Parses the header of a safetensors file. Checks that the tensors cover all data bytes without overlaps and
 * gaps. Throws the error that `damaged` creates.
 */
export function parseHeader(
  bytes: Uint8Array,
  dataLength: number,
  damaged: (message: string) => Error,
): Header {
  const { __metadata__: metadata = {}, ...tensors } = parseObject(bytes, damaged);
  if (!isTextMap(metadata)) throw damaged("expected __metadata__ to be a map of texts");
  const entries = Object.entries(tensors).map(([name, value]) => parseEntry(name, value, damaged));
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);

  let expected = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== expected)
      throw damaged(`tensor "${name}" should begin at byte ${expected} of the data, not ${begin}`);
    expected = end;
  }
  if (expected !== dataLength) {
    throw damaged(`the tensors take ${expected} bytes, the file has ${dataLength} after the header`);
  }
  return { entries, metadata };
}

function parseObject(bytes: Uint8Array, damaged: (message: string) => Error): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw damaged("the header is not JSON");
  }
  if (!isMap(header)) throw damaged("the header is not a map");
  return header;
}

function parseEntry(name: string, value: unknown, damaged: (message: string) => Error): TensorEntry {
  if (!isMap(value)) throw damaged(`expected tensor "${name}" to be a map`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== "F32" && dtype !== "F64") {
    throw damaged(`expected dtype F32 or F64 for tensor "${name}", got ${JSON.stringify(dtype) ?? "none"}`);
  }
  if (!isCounts(shape)) throw damaged(`expected the shape of tensor "${name}" to be a list of whole numbers`);
  const [begin, end] = isCounts(offsets) && offsets.length === 2 ? offsets : [];
  if (begin === undefined || end === undefined) {
    throw damaged(`expected data_offsets of tensor "${name}" to be two whole numbers`);
  }
  const size = shape.reduce((product, extent) => product * extent, dtype === "F64" ? 8 : 4);
  if (end - begin !== size) {
    throw damaged(
      `tensor "${name}" of shape (${shape.join(", ")}) needs ${size} bytes, its offsets span ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return isMap(value) && Object.values(value).every((text) => typeof text === "string");
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
}
