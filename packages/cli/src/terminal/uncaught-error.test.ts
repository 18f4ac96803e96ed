import { pathToFileURL } from "node:url";
import { join } from "node:path";

import { workspaceFolder } from "@nn/runner/environment";
import { expect, test } from "vitest";

import { explainUncaughtError } from "./uncaught-error.ts";

function errorFrom(...paths: readonly string[]): Error {
  const error = new Error("late");
  const frames = paths.map((path) => `    at fill (${pathToFileURL(path).href}:3:14)`);
  error.stack = ["Error: late", "    at node:internal/timers:1:2", ...frames].join("\n");
  return error;
}

test("an uncaught error names the custom part in whose file it was thrown", () => {
  const own = join(workspaceFolder, "packages/layers/src/model/model.ts");
  expect(explainUncaughtError(errorFrom(own, join(process.cwd(), "../../parts/late.ts")))).toMatchObject({
    name: "CustomPartError",
    message:
      "the custom part ../../parts/late.ts cannot be used: work that it started failed after its function had " +
      "returned: Error: late (../../parts/late.ts:3:14). Let its functions do all their work before they return.",
  });
});

test("an uncaught error of the program itself stays as it is", () => {
  const error = errorFrom(join(workspaceFolder, "packages/layers/src/model/model.ts"));
  expect(explainUncaughtError(error)).toBe(error);
  expect(explainUncaughtError("late")).toBe("late");
});
