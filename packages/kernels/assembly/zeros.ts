/** 256 bytes of zeros that nobody writes: the start of sums that do not accumulate. */
export const ZEROS: usize = memory.data(256, 16);
