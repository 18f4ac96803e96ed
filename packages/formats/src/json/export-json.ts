import { formatShape } from "@nn/tensor";
import { createNetworkMetadata, TENSOR_LAYOUT, type SavedNetwork } from "@nn/training";

import { concatenate } from "../concatenate.ts";
import { ExportError } from "../errors.ts";

/** Maximum numbers per chunk of text. */
const PIECE = 100_000;

/**
 * Returns a network as JSON: its description, and its tensors by name as in model.safetensors, each with its
 * shape and its numbers in row-major order. A float32 is written with up to nine digits, which are parsed to
 * the same float32; −0 becomes 0. The same network gives the same bytes. Throws ExportError if a number is
 * not finite, because JSON cannot represent it.
 */
export function encodeJson(network: SavedNetwork): Uint8Array {
  const { spec, ...texts } = createNetworkMetadata(network);
  const description = {
    format: "nn-from-scratch json 1",
    layout: TENSOR_LAYOUT,
    spec: JSON.parse(spec ?? "{}"),
    ...Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.parse(text)])),
  };
  // In chunks, because all numbers together can exceed the maximum length of a string.
  const chunks: Uint8Array[] = [];
  const write = (text: string): void => void chunks.push(new TextEncoder().encode(text));
  write(`${JSON.stringify(description, null, 2).slice(0, -2)},\n  "tensors": {`);
  let separator = "";
  for (const [name, { shape, data }] of network.tensors) {
    if (!data.every((value) => Number.isFinite(value))) {
      throw new ExportError(
        `${network.source}: the tensor "${name}" ${formatShape(shape)} has non-finite numbers, which ` +
          `JSON cannot represent. Export it with --to safetensors.`,
      );
    }
    write(`${separator}\n    ${JSON.stringify(name)}: { "shape": ${JSON.stringify(shape)}, "data": [`);
    const digits = data instanceof Float32Array ? 9 : 17;
    for (let start = 0; start < data.length; start += PIECE) {
      const numbers = Array.from(data.subarray(start, start + PIECE), (value) =>
        Number(value.toPrecision(digits)),
      );
      write(`${start === 0 ? "" : ","}${numbers.join(",")}`);
    }
    write("] }");
    separator = ",";
  }
  write("\n  }\n}\n");
  return concatenate(chunks);
}
