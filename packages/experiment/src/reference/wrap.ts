/**
 * Wraps text to lines of at most `width` characters, except for longer words. All lines but the first begin
 * with `indent`. No line begins with a word that Markdown would interpret as a list item or a heading.
 */
export function wrapText(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    const start = lines.length === 0 ? "" : indent;
    const longer = line === "" ? start + word : `${line} ${word}`;
    const mayBegin = !/^([-+*#>]+|\d+[.)])$/.test(word);
    if (longer.length <= width || line === "" || !mayBegin) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join("\n");
}
