/** Radians per degree: π / 180. */
export const RADIANS_PER_DEGREE = 0.017453292519943295;
