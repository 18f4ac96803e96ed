/** Runs the kernel self-test. The result is not stored, so every call runs the test. */
export function runSelfTest(test: () => boolean): boolean {
  return test();
}
