import { layers as builtIn } from "@nn/layers";
import type { ReportNetwork } from "@nn/report";
import { collectCustomTypes, getProbabilityFunction, type SavedNetwork } from "@nn/training";

/** Networks with at most this many numbers are stored exactly, larger ones in half precision. */
const MAX_EXACT = 400_000;
/** Larger networks are left out of a report, so that it stays below a few megabytes. */
const MAX_NUMBERS = 1_000_000;

/**
 * Returns a trained network for use in the page. Returns undefined if it is too large, or if it has custom
 * layers, which a page cannot load.
 */
export function toReportNetwork(saved: SavedNetwork, trial: number): ReportNetwork | undefined {
  const { spec, inputShape, normalization, tensors } = saved;
  const { layers } = spec.model;
  const isCustom = collectCustomTypes(layers).length > 0 || layers.some(({ type }) => !builtIn.has(type));
  const named = [...tensors];
  const total = named.reduce((sum, [, { data }]) => sum + data.length, 0);
  if (isCustom || total > MAX_NUMBERS) return undefined;
  const isExact = total <= MAX_EXACT;
  const width = isExact ? 4 : 2;
  const bytes = new DataView(new ArrayBuffer(width * total));
  let at = 0;
  for (const [, { data }] of named) {
    for (const value of data) {
      if (isExact) bytes.setFloat32(at, value, true);
      else bytes.setFloat16(at, value, true);
      at += width;
    }
  }
  return {
    trial,
    layers,
    probabilityFunction: getProbabilityFunction(spec),
    inputShape,
    normalization: normalization === undefined ? null : normalization,
    drawsSymbols: spec.dataset.type === "mnist",
    precision: isExact ? "float32" : "float16",
    tensors: named.map(([name, { shape }]) => ({ name, shape })),
    numbers: Buffer.from(bytes.buffer).toString("base64"),
  };
}
