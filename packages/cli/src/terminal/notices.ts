/** What may be a slip, a line each: no mistake, and nothing waits for an answer. */
export function noticeLines(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${notice}\n`).join("");
}
