import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { RemoteRun, connectToServer } from "@nn/runner/redis";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { isRedisInstalled, RedisServer } from "./support/redis-server.ts";

afterEach(() => void vi.restoreAllMocks());

describe.skipIf(!isRedisInstalled)("a redis-server (skipped if it is not installed)", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());

  /** Returns the address for a new user with these rules. */
  async function addressOfUser(...rules: string[]): Promise<string> {
    const client = server.client();
    await client.acl("SETUSER", "bob", "reset", "on", ">pw", ...rules);
    client.disconnect();
    return server.url.replace("redis://", "redis://bob:pw@");
  }

  test("is used with the database of the address, which must exist", async () => {
    const found = await connectToServer(`${server.url}/3`);
    const connection = found.connect();
    expect(await connection.client("INFO")).toContain(" db=3 ");
    connection.disconnect();
    expect(found.shown).toBe(`${server.url}/3`);
    for (const number of [16, 99, "99999999999999999999"]) {
      await expect(connectToServer(`${server.url}/${number}`)).rejects.toThrow(
        `${server.url}/${number} has no database ${number}. Servers usually have the databases 0 to 15`,
      );
    }
  });

  test("refuses a user who may not run scripts", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const url = await addressOfUser("~*", "+@read");
    await expect(connectToServer(url)).rejects.toThrow(
      `${url.replace(":pw", ":***")}: the user "bob" may not run the command EVAL, which the queue needs. Allow all ` +
        "commands, keys and channels (ACL SETUSER bob +@all ~* &*), or give another user in the address.",
    );
    expect(warn).not.toHaveBeenCalled();
  });

  test("needs no permission for INFO", async () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    const found = await connectToServer(await addressOfUser("~*", "&*", "+@all", "-info"));
    const connection = found.connect();
    expect(await connection.ping()).toBe("PONG");
    connection.disconnect();
    expect(warn).not.toHaveBeenCalled();
  });

  test.each([
    [["~*", "+@all"], "may not use the keys or channels of the queue"],
    [["~*", "&*", "+@all", "-subscribe"], "may not run the command SUBSCRIBE, which the queue needs"],
  ])("explains a missing permission of a user with %s", async (rules, message) => {
    const url = await addressOfUser(...rules);
    const directory = mkdtempSync(join(tmpdir(), "nn-redis-server-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const options = { url, name: "x", data: [], customFiles: new Map(), directory, trials: 1 };
    await expect(RemoteRun.begin({ ...options, fresh: false, command: "", say: () => {} })).rejects.toThrow(
      message,
    );
  });

  test.each([
    ["continues", false, "The run continues when it responds again."],
    ["is stopping", true, "The run waits up to 10 s for it, and then stops without new checkpoints."],
  ])("that is lost is reported while the run %s", async (_what, isStopping, then) => {
    const other = await RedisServer.start();
    onTestFinished(() => other.remove());
    const directory = mkdtempSync(join(tmpdir(), "nn-redis-server-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const said: string[] = [];
    const say = (text: string): void => void said.push(text);
    const options = { url: other.url, name: "x", data: [], directory, trials: 2, fresh: false, command: "" };
    const run = await RemoteRun.begin({ ...options, say });
    const [first, second] = run.executors;
    if (isStopping) await first!.stop!();
    await other.stop();
    await expect.poll(() => said).toContain(`${other.url} does not respond. ${then}`);
    await Promise.all([first!.end(), second!.end()]);
  });

  test("without TLS is reported if the address requires TLS", { timeout: 30_000 }, async () => {
    await expect(connectToServer(server.url.replace("redis:", "rediss:"))).rejects.toThrow(
      /Write redis:\/\/ if (the server has no|it is one without) TLS\.$/,
    );
  });
});

test("an HTTP server is not a Redis server", async () => {
  const answer: RequestListener = (_request, response) => response.end("<html>");
  const server = createServer(answer).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await expect(connectToServer(`redis://127.0.0.1:${port}`)).rejects.toThrow(
    `the server at redis://127.0.0.1:${port} is not a Redis server. Write rediss:// if it requires TLS.`,
  );
});
