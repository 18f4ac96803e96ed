import { createHash } from "node:crypto";

import type { ReportData } from "./data/report-data.ts";

/** The script and the style sheet of the page. */
export interface PageFiles {
  /** A bundled module that imports nothing. */
  readonly script: string;
  readonly style: string;
}

/** The beginning of every report. `isReport` compares a file with it. */
const START = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="nn-from-scratch report">
`;

/** Returns whether a file that begins with this text is a report of `createReport`. */
export function isReport(start: string): boolean {
  return start.startsWith(START);
}

/**
 * Returns the HTML file of a report. It needs no other file and no internet connection. The same data and the
 * same page files give the same bytes. `data` is stored as JSON, so its strings are never interpreted as
 * markup or code. The Content Security Policy of the page permits only its own script, by hash, and images in
 * `data:` URLs.
 */
export function createReport(data: ReportData, { script, style }: PageFiles): string {
  const code = `\n${escapeScript(script)}\n`;
  const hash = createHash("sha256").update(code).digest("base64");
  const policy =
    `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; ` +
    `base-uri 'none'; form-action 'none'`;
  return `${START}<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(data.name)} · report</title>
<link rel="icon" href="data:,">
<style>
${style.replaceAll("</style", "<\\/style")}
</style>
</head>
<body>
<div id="report"></div>
<noscript>This report draws its charts with a script. Allow scripts for this file, or read results.csv.</noscript>
<script type="application/json" id="report-data">${jsonForHtml(data)}</script>
<script type="module">${code}</script>
</body>
</html>
`;
}

/** Returns JSON without the characters that could end a script element or start an HTML comment. */
function jsonForHtml(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll("<", String.raw`\u003c`)
    .replaceAll("\u2028", String.raw`\u2028`)
    .replaceAll("\u2029", String.raw`\u2029`);
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Escapes `<` in a script as `\x3c`. `</script` and `<!--` occur only in strings and regular expressions. */
function escapeScript(script: string): string {
  return script.replaceAll(/<(?=\/script|!--)/gi, String.raw`\x3c`);
}
