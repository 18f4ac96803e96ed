/** Returns false, because a page cannot request 256-bit instructions. */
export function usesSimd256(): boolean {
  return false;
}

/** Does nothing, because a page never uses 256-bit instructions. */
export function disableSimd256(): void {}
