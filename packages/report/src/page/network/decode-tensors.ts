import { countElements, type Backend, type Tensor } from "@nn/tensor";

import type { ReportNetwork } from "../../data/network-data.ts";

/** Returns the tensors of a network by name. Throws Error if the numbers do not fit their shapes. */
export function decodeTensors(
  { tensors, numbers, precision }: Pick<ReportNetwork, "tensors" | "numbers" | "precision">,
  backend: Backend,
): Map<string, Tensor> {
  const bytes = Uint8Array.from(atob(numbers), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const width = precision === "float32" ? 4 : 2;
  const total = tensors.reduce((sum, { shape }) => sum + countElements(shape), 0);
  if (bytes.length !== width * total)
    throw new Error(`The network needs ${width * total} bytes of numbers, the report has ${bytes.length}.`);
  let at = 0;
  return new Map(
    tensors.map(({ name, shape }) => {
      const tensor = backend.allocate(shape);
      for (let index = 0; index < tensor.data.length; index++, at += width)
        tensor.data[index] =
          width === 4 ? view.getFloat32(at, true) : decodeHalfFloat(view.getUint16(at, true));
      return [name, tensor];
    }),
  );
}

/** Returns the number of 16 bits in half precision (IEEE 754 binary16). */
export function decodeHalfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
