import { toPrintable } from "@nn/platform/printable";

/** Formats an error message. */
export function formatErrorLine(message: string): string {
  return `error: ${toPrintable(message)}\n`;
}

/** Formats likely mistakes that are not errors as `notice:` lines. */
export function formatNotices(notices: readonly string[]): string {
  return notices.map((notice) => `notice: ${toPrintable(notice)}\n`).join("");
}
