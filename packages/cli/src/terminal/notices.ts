import { printable } from "@nn/platform/printable";

/** Formats likely mistakes that are not errors as `notice:` lines. */
export function noticeLines(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${printable(notice)}\n`).join("");
}
