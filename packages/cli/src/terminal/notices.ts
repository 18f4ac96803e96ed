/**
 * Returns likely mistakes as `notice:` lines, one per line. They are not errors, and nothing waits for an
 * answer.
 */
export function noticeLines(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${notice}\n`).join("");
}
