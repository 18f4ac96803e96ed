/**
 * Splits an error message into what is wrong, without its full stop, and what to do about it, if it says so.
 */
export function splitSentences(message: string): [string, string | undefined] {
  const [line = ""] = message.split("\n", 1);
  const at = line.search(/\. (?=[A-Z])/);
  if (at === -1) return [line.replace(/\.$/, ""), undefined];
  return [line.slice(0, at), line.slice(at + 2)];
}
