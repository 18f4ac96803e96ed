// Threads share one memory, including static memory. Temporary values of a kernel must be private to its
// thread: own() returns the address of the calling thread's copy of such a value.

let copy: usize = 0;

/** Returns the address of the calling thread's copy of a place in static memory. */
@inline
export function own(place: usize): usize {
  return copy + place;
}

/** Makes this instance use the copy of static memory at `address`, which takes heapBase() bytes. */
export function setOwn(address: usize): void {
  copy = address;
}
