import { createHash } from "node:crypto";

import fc from "fast-check";
import { expect, test } from "vitest";

import { createSampleData } from "../test/sample-data.ts";
import { createReport } from "./create-report.ts";

const page = { script: "const tag = '</script><!--';", style: "p { color: red }" };

/** Returns the texts of the script elements, as the HTML standard ends them: at the first `</script`. */
function scripts(html: string): string[] {
  return [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script/gi)].map(([, text = ""]) => text);
}

function storedData(html: string): unknown {
  return JSON.parse(scripts(html)[0]!);
}

test("hostile texts are not executed: the page has two scripts, and its data are read back unchanged", () => {
  const hostile = fc.constantFrom(
    "</script>",
    "<script>alert(1)</script>",
    "<!--",
    "]]>",
    "\u2028",
    '"',
    "'",
    "&lt;",
    "</style>",
  );
  const text = fc
    .array(fc.oneof(hostile, fc.string({ unit: "binary" })), { maxLength: 5 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, text, (name, description, experiment) => {
      const data = createSampleData({ name, description, experiment });
      const html = createReport(data, page);
      expect(scripts(html)).toHaveLength(2);
      expect(storedData(html)).toEqual(JSON.parse(JSON.stringify(data)));
      expect(
        html.match(
          /<(?!!doctype|\/?(?:html|head|meta|title|link|style|body|div|noscript|script)\b)[a-z!/]/gi,
        ),
      ).toBeNull();
    }),
  );
});

test("the policy permits the page's own script by its hash, and no other", () => {
  const html = createReport(createSampleData(), page);
  const code = scripts(html)[1]!;
  const hash = createHash("sha256").update(code).digest("base64");
  expect(html).toContain(`script-src 'sha256-${hash}';`);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toContain("script-src 'unsafe-inline'");
});

test("a script keeps its meaning: tags in its strings are escaped", () => {
  const [, code] = scripts(createReport(createSampleData(), page));
  expect(code).toBe(String.raw`
const tag = '\x3c/script>\x3c!--';
`);
});

test("the same data give the same bytes", () => {
  expect(createReport(createSampleData(), page)).toBe(createReport(createSampleData(), page));
});
