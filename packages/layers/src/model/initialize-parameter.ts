import type { FloatArray, Rng, Tensor } from "@nn/tensor";

import type { InitializerDefinition } from "../definition.ts";

/** What the start of a parameter follows from, and nothing else. */
export interface Initialization {
  readonly definition: InitializerDefinition;
  readonly options: Record<string, unknown>;
  readonly fan: { readonly fanIn: number; readonly fanOut: number };
  /** Nothing has been drawn from it. */
  readonly rng: Rng;
}

/** Of all that is remembered: 32 MB in float32. */
const MOST_NUMBERS = 8_000_000;

interface Known {
  readonly definition: InitializerDefinition;
  readonly data: FloatArray;
}

/** By what they follow from; what was asked for longest ago comes first. */
const remembered = new Map<string, Known>();
let numbers = 0;

/**
 * Fills a parameter with its start, remembered where this process has drawn it before: the trials of a sweep
 * start alike where they have the same seed, and drawing the weights of 784-128-10 takes as long as a tenth
 * of an epoch.
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
  // Two definitions may have one name.
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
