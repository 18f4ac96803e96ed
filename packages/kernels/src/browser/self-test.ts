/** What `judge` says, whenever it is asked. */
export function runSelfTest(judge: () => boolean): boolean {
  return judge();
}
