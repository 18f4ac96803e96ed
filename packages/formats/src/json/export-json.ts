import { formatShape } from "@nn/tensor";
import { networkMetadata, TENSOR_LAYOUT, type SavedNetwork } from "@nn/training";

import { concatenate } from "../concatenate.ts";
import { ExportError } from "../errors.ts";

/**
 * Returns a network as JSON: its description, and its tensors by name as in model.safetensors, each with its
 * shape and its numbers in row-major order. A float32 has up to nine digits, which give the same float32 when
 * they are read; −0 becomes 0. The same network gives the same bytes. Throws ExportError if a number is not finite, because
 * JSON has none of these.
 */
export function encodeJson(network: SavedNetwork): Uint8Array {
  const { spec, ...texts } = networkMetadata(network);
  const description = {
    format: "nn-from-scratch json 1",
    layout: TENSOR_LAYOUT,
    spec: JSON.parse(spec ?? "{}"),
    ...Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, JSON.parse(text)])),
  };
  const encoder = new TextEncoder();
  // In pieces, because all numbers together can be longer than the longest text.
  const pieces = [encoder.encode(`${JSON.stringify(description, null, 2).slice(0, -2)},\n  "tensors": {`)];
  let separator = "";
  for (const [name, { shape, data }] of network.tensors) {
    const digits = data instanceof Float32Array ? 9 : 17;
    const numbers = Array.from(data, (value) => Number(value.toPrecision(digits)));
    if (!numbers.every((value) => Number.isFinite(value))) {
      throw new ExportError(
        `${network.source}: the tensor "${name}" ${formatShape(shape)} has numbers that are not finite, which ` +
          `JSON cannot hold. Export it with --to safetensors.`,
      );
    }
    const text = `{ "shape": ${JSON.stringify(shape)}, "data": ${JSON.stringify(numbers)} }`;
    pieces.push(encoder.encode(`${separator}\n    ${JSON.stringify(name)}: ${text}`));
    separator = ",";
  }
  pieces.push(encoder.encode("\n  }\n}\n"));
  return concatenate(pieces);
}
