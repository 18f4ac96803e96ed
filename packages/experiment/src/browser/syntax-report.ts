/** Returns an empty string, because a page loads no code files. */
export function getSyntaxError(_file: string): string {
  return "";
}
