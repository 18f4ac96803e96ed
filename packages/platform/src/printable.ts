/**
 * The characters that a terminal interprets instead of displaying: control characters (C0 without the line
 * feed, DEL, C1), line and paragraph separators, and bidirectional formatting characters (Unicode TR9, 2.1
 * and 2.2).
 */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/g;

/**
 * Replaces the characters of a text that a terminal would interpret. Tabs become arrows, other control
 * characters become "�". Line ends and the length stay the same.
 */
export function toPrintable(text: string): string {
  return text.replaceAll("\t", "→").replaceAll(CONTROLS, "�");
}

/** Like `toPrintable`, for a text that must stay on one line, such as a file name. Line ends become "↵". */
export function toPrintableLine(text: string): string {
  return toPrintable(text.replaceAll("\n", "↵"));
}

/** Returns the text on one line. If it has more than `max` characters, cuts it there and appends "…". */
export function shortenLine(text: string, max: number): string {
  const shown = toPrintableLine(text.slice(0, max));
  return text.length > max ? `${shown}…` : shown;
}

/**
 * Returns JSON in which the characters that a terminal would interpret are escaped. The value is the same.
 */
export function toPrintableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(
    CONTROLS,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}
