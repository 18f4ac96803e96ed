import { expect, test } from "vitest";

import { removePasswords } from "./passwords.ts";

test.for([
  ["redis://:secret@host:6379", "redis://:***@host:6379"],
  ["at rediss://me:s%2Fe@host/0, and redis://host", "at rediss://me:***@host/0, and redis://host"],
  ["--set executor.url=redis://:a:b@c@host", "--set executor.url=redis://:***@host"],
  ["redis://host:6379/0", "redis://host:6379/0"],
  ["https://me:pw@host", "https://me:pw@host"],
])("%s is shown as %s", ([text, shown]) => {
  expect(removePasswords(text!)).toBe(shown);
});
