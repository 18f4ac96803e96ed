import { expect, test } from "vitest";

import { removePasswords } from "./passwords.ts";
import { AddressError } from "./remote-error.ts";
import { connectToServer } from "./server.ts";

test.for([
  ["redis://:secret@host:6379", "redis://:***@host:6379"],
  ["at rediss://me:s%2Fe@host/0, and redis://host", "at rediss://me:***@host/0, and redis://host"],
  ["--set executor.url=redis://:a:b@c@host", "--set executor.url=redis://:***@host"],
  ["redis://:s3:c@r/t@127.0.0.1:7391", "redis://:***@127.0.0.1:7391"],
  ["redis://me:a/b?c#d@host, redis://:e@f", "redis://:***@host, redis://:***@f"],
  ["redis://secret@host", "redis://:***@host"],
  ["redis://host:6379/0", "redis://host:6379/0"],
  ["https://me:pw@host", "https://me:pw@host"],
])("%s is shown as %s", ([text, shown]) => {
  expect(removePasswords(text!)).toBe(shown);
});

test.for(["/", "?", "#", "\\", " "])(
  "an address whose password contains %s is refused, not shown",
  async (character) => {
    const url = `redis://:s3:c@r${character}t@127.0.0.1:1`;
    const error: unknown = await connectToServer(url, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AddressError);
    expect(String(error)).toContain('"redis://:***@127.0.0.1:1" is not an address of a Redis server.');
    expect(String(error)).toContain("special characters of the password, such as / as %2F and @ as %40");
  },
);

test.for(["/-1", "/1.5", "/abc", "/1/2", "?db=x"])(
  "an address whose database is %s is refused",
  async (database) => {
    await expect(connectToServer(`redis://:secret@127.0.0.1:1${database}`, {})).rejects.toThrow(
      `"redis://:***@127.0.0.1:1${database}" names the database "${database.replace(/^\/|.*=/, "")}". ` +
        "Expected a number from 0, such as redis://host:6379/2, or nothing for database 0.",
    );
  },
);
