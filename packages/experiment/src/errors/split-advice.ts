/**
 * Splits an error message into the fact (without its period) and the advice, if there is one. Uses only the
 * first line.
 */
export function splitAdvice(message: string): [string, string | undefined] {
  const [line = ""] = message.split("\n", 1);
  const at = line.search(/\. (?=[A-Z])/);
  if (at === -1) return [line.replace(/\.$/, ""), undefined];
  return [line.slice(0, at), line.slice(at + 2)];
}
