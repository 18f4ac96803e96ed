/** Radians per degree: π / 180. */
export const RADIANS = 0.017453292519943295;
