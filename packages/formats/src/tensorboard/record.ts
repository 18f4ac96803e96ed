import crc32c from "crc-32/crc32c.js";

/**
 * Encodes `data` as a record of a TFRecord file: the length as uint64, the masked CRC of the length, the
 * data, and the masked CRC of the data, all little-endian
 * (https://www.tensorflow.org/tutorials/load_data/tfrecord). A file is a sequence of records.
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

/** Returns the masked CRC: the CRC-32C, rotated right by 15 bits, plus a constant. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
