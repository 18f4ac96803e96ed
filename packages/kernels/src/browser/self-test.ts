/** Runs the kernel self-test. Stores no result, so the test runs at each call. */
export function runSelfTest(judge: () => boolean): boolean {
  return judge();
}
