// Threads share one memory, static memory too. What a kernel writes to for the while must be the thread's
// own: wherever such a place is declared, own() gives the calling thread's copy of it.

let copy: usize = 0;

/** The calling thread's copy of a place in static memory. */
@inline
export function own(place: usize): usize {
  return copy + place;
}

/** From here on this instance works in the copy of static memory at `address`; it takes heapBase() bytes. */
export function setOwn(address: usize): void {
  copy = address;
}
