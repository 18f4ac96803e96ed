/** Formats likely mistakes that are not errors as `notice:` lines. */
export function noticeLines(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${notice}\n`).join("");
}
