import { expect, test } from "vitest";

import { createRecordedTerminal } from "../../test/support/recorded-terminal.ts";
import { writeCsv, writeJson } from "./data-output.ts";
import { formatNotices } from "./notices.ts";
import { formatTable } from "./table.ts";

const csv = 'file,class\n"\u001B[31mred.png",cat\u009B2J\n';

test("a table of CSV keeps its characters in a pipe, and loses control characters on a terminal", () => {
  const pipe = createRecordedTerminal();
  writeCsv(csv, pipe);
  expect(pipe.recorded.out).toBe(csv);
  const screen = createRecordedTerminal();
  writeCsv(csv, { out: Object.assign(screen.out, { isTTY: true }) });
  expect(screen.recorded.out).toBe('file,class\n"�[31mred.png",cat�2J\n');
});

test("JSON has control characters as numbers", () => {
  const terminal = createRecordedTerminal();
  writeJson({ class: "\u009B2J\u001B[31m" }, terminal);
  expect(terminal.recorded.out).toBe('{\n  "class": "\\u009b2J\\u001b[31m"\n}\n');
});

test("cells, headers and notices have no control characters, and a cell stays on its line", () => {
  const columns = [
    { head: "\u001B[1mswept", align: "left" },
    { head: "value", align: "right" },
  ] as const;
  const rows = [["a\nb", "\u001B]0;title\u0007"]];
  expect(formatTable(columns, rows, 80)).toEqual(["�[1mswept       value", "a↵b        �]0;title�"]);
  expect(formatTable(columns, rows, 10)).toEqual(["�[1mswept", "      a↵b", "    value", "      �]0;title�"]);
  expect(formatNotices(["\u001B[31ma.csv"])).toBe("notice: �[31ma.csv\n");
});
