import { WireType, type BinaryWriter } from "@bufbuild/protobuf/wire";

// The formats need only a few messages of large schemas. Therefore fields are written by number with the
// writer of Buf's library, and not by code generated from the whole schemas.

/** Writes the fields of a message. */
export type Message<Content> = (writer: BinaryWriter, content: Content) => void;

/** Writes a field that is a message. */
export function writeMessage<Content>(
  writer: BinaryWriter,
  field: number,
  write: Message<Content>,
  content: Content,
): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer, content);
  writer.join();
}

/** Writes a field of type string. */
export function writeText(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

/** Writes a field of type bytes. */
export function writeBytes(writer: BinaryWriter, field: number, value: Uint8Array): void {
  writer.tag(field, WireType.LengthDelimited).bytes(value);
}

/** Writes a field of type int32, int64, bool or of an enum. */
export function writeInteger(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}

/** Writes a field of type float. */
export function writeFloat(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit32).float(value);
}

/** Writes a field of type double. */
export function writeDouble(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Bit64).double(value);
}
