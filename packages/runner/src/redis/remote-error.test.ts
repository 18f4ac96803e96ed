import { expect, test } from "vitest";

import { RemoteError, explainPermission, toRemoteError } from "./remote-error.ts";

function createReply(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError" });
}

test("an error reply becomes a RemoteError without the name of the script", () => {
  const reply = createReply("OOM command not allowed script: 0abc, on @user_script:1.");
  const error = toRemoteError(reply);
  expect(error).toBeInstanceOf(RemoteError);
  expect(error).toMatchObject({
    message: "the server reports an error: OOM command not allowed",
    cause: reply,
  });
});

test("a missing permission is explained with the command", () => {
  const error = toRemoteError(
    createReply("NOPERM this user has no permissions to run the 'config|get' command"),
  );
  expect(error).toMatchObject({
    message:
      "the Redis server refuses a command: this user may not run the command CONFIG GET, which the queue needs. " +
      "Allow all commands, keys and channels (ACL SETUSER <name> +@all ~* &*), or give another user in the address.",
  });
});

test("a missing permission for keys is explained with the user", () => {
  expect(explainPermission("NOPERM No permissions to access a key", "ann")).toBe(
    'the user "ann" may not use the keys or channels of the queue. Allow all commands, keys and channels ' +
      "(ACL SETUSER ann +@all ~* &*), or give another user in the address.",
  );
});

test.each([new Error("no reply"), "a text", undefined])("any other error stays: %s", (error) => {
  expect(toRemoteError(error)).toBe(error);
});
