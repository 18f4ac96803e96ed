import crc32c from "crc-32/crc32c.js";

/**
 * Returns the record of a TFRecord file that holds `data`: the length as uint64, its masked CRC, the data,
 * and their masked CRC, all little-endian (https://www.tensorflow.org/tutorials/load_data/tfrecord). A file
 * consists of such records.
 */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** Returns the CRC-32C, rotated right by 15 bits plus a constant. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
