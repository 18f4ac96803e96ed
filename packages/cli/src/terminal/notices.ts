import { printable } from "@nn/platform/printable";

/** Formats a message about what went wrong. */
export function errorLine(message: string): string {
  return `error: ${printable(message)}\n`;
}

/** Formats likely mistakes that are not errors as `notice:` lines. */
export function noticeLines(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${printable(notice)}\n`).join("");
}
