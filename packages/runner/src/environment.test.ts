import { expect, test } from "vitest";

import { parseCommit } from "./environment.ts";

const commit = "0123456789abcdef0123456789abcdef01234567";
const branch = `# branch.oid ${commit}\n# branch.head main\n# branch.ab +0 -0\n`;

test.for<[what: string, status: string, expected: string | null]>([
  ["a clean checkout", branch, commit],
  ["a changed file", `${branch}1 .M N... 100644 100644 100644 ab12 ab12 README.md\n`, `${commit}+`],
  ["a repository without a commit", "# branch.oid (initial)\n# branch.head main\n", null],
  ["no output", "", null],
])("the commit of %s", ([, status, expected]) => {
  expect(parseCommit(status)).toBe(expected);
});
