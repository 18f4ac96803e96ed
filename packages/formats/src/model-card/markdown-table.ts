/** A column of a Markdown table. */
export interface MarkdownColumn {
  readonly head: string;
  readonly align: "left" | "right";
}

/** Formats a Markdown table. Escapes vertical bars in the cells. */
export function formatMarkdownTable(
  columns: readonly MarkdownColumn[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [columns.map(({ head }) => head), ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")),
  );
  const widths = columns.map((_, k) => Math.max(3, ...cells.map((row) => Array.from(row[k] ?? "").length)));
  const line = (row: readonly string[]): string =>
    `| ${columns
      .map(({ align }, k) => {
        const cell = row[k] ?? "";
        const space = " ".repeat(widths[k]! - Array.from(cell).length);
        return align === "left" ? cell + space : space + cell;
      })
      .join(" | ")} |`;
  const rule = columns.map(({ align }, k) =>
    align === "left" ? "-".repeat(widths[k]!) : `${"-".repeat(widths[k]! - 1)}:`,
  );
  const [head, ...body] = cells;
  return [line(head!), `| ${rule.join(" | ")} |`, ...body.map(line)].join("\n");
}
