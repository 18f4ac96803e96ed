import type { FloatArray, Rng, Tensor } from "@nn/tensor";

import type { InitializerDefinition } from "../definition.ts";

/** Everything that determines the initial values of a parameter. */
export interface Initialization {
  readonly definition: InitializerDefinition;
  readonly options: Record<string, unknown>;
  readonly fan: { readonly fanIn: number; readonly fanOut: number };
  /** A stream from which nothing has been drawn yet. */
  readonly rng: Rng;
}

/** Capacity of the cache: 32 MB in float32. */
const MOST_NUMBERS = 8_000_000;

interface Known {
  readonly definition: InitializerDefinition;
  readonly data: FloatArray;
}

/** The cache, by what determines the values; the least recently used entry comes first. */
const remembered = new Map<string, Known>();
let numbers = 0;

/**
 * Fills a parameter with its initial values. Caches them in this process, because the trials of a sweep with
 * the same seed start with the same values. Drawing the weights of 784-128-10 takes as long as a tenth of an
 * epoch.
 */
export function initializeParameter(value: Tensor, { definition, options, fan, rng }: Initialization): void {
  const { data, shape } = value;
  const { fanIn, fanOut } = fan;
  const key = JSON.stringify([
    definition.type,
    options,
    fanIn,
    fanOut,
    shape,
    data.BYTES_PER_ELEMENT,
    rng.key,
  ]);
  const known = remembered.get(key);
  // Two definitions may have the same name.
  if (known?.definition === definition) {
    data.set(known.data);
    forget(key);
    remember(key, known);
    return;
  }
  definition.fill(options, value, fan, rng);
  if (data.length > MOST_NUMBERS) return;
  forget(key);
  remember(key, { definition, data: data.slice() });
}

function remember(key: string, known: Known): void {
  remembered.set(key, known);
  numbers += known.data.length;
  for (const oldest of remembered.keys()) {
    if (numbers <= MOST_NUMBERS) return;
    forget(oldest);
  }
}

function forget(key: string): void {
  numbers -= remembered.get(key)?.data.length ?? 0;
  remembered.delete(key);
}
