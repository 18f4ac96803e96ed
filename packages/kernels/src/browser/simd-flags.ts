/** A page cannot ask for 256-bit instructions. */
export function usesSimd256(): boolean {
  return false;
}

/** They are not in use. */
export function disableSimd256(): void {}
