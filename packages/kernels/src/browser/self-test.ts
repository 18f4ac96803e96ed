/** Runs the kernel self-test. The result is not stored, so every call runs the test. */
export function runSelfTest(judge: () => boolean): boolean {
  return judge();
}
