import type { Redis, RedisOptions } from "ioredis";

import { removePasswords } from "./passwords.ts";
import { AddressError, explainPermission, RemoteError } from "./remote-error.ts";

/**
 * Oldest supported Redis version. BullMQ recommends it, and XRANGE with an exclusive start requires it.
 * Valkey reports version 7.2.
 */
const OLDEST = [6, 2] as const;

const CONNECT_MILLISECONDS = 10_000;
/**
 * A connection without traffic for this long is treated as dead. Each connection of the program sends a
 * command every few seconds.
 */
const SILENT_MILLISECONDS = 30_000;

/**
 * A Redis or Valkey server that has responded once. If it becomes unreachable later, connections wait for it.
 */
export interface Server {
  /** The address without the password. */
  readonly shown: string;
  /** Opens a new connection. Its commands wait while the server is unreachable. */
  connect(): Redis;
}

/**
 * Connects to the server and checks its version. Throws AddressError if the address is invalid,
 * and RemoteError if the server does not respond, or if its version is too old.
 */
export async function connectToServer(url: string, env: NodeJS.ProcessEnv = process.env): Promise<Server> {
  const address = addressOf(url);
  const shown = removePasswords(url);
  // Imported here and not at the top, because an experiment without an executor needs no Redis client.
  const { Redis } = await import("ioredis");
  const password = env["NN_REDIS_PASSWORD"];
  const options = {
    protocol: 2 as const,
    connectTimeout: CONNECT_MILLISECONDS,
    maxRetriesPerRequest: null,
    keepAlive: 5000,
    ...(address.password === "" && password !== undefined && password !== "" && { password }),
  } satisfies RedisOptions;
  const probe = new Redis(url, {
    ...options,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
  });
  let problem: Error | undefined;
  probe.on("error", (error: Error) => (problem ??= error));
  // The client calls INFO to check whether the server is ready, and prints a warning if it may not.
  let enableReadyCheck = true;
  try {
    await probe.connect();
    const info = await probe.info("server").catch((error: unknown) => {
      enableReadyCheck = !/NOPERM/.test(String(error));
      return "";
    });
    checkVersion(info, shown);
    // The queue consists of scripts.
    await probe.eval("return 1", 0).catch((error: unknown) => {
      if (!/LOADING/.test(String(error))) throw error;
    });
    // An invalid number of a database is reported here, while the connection uses database 0.
    if (problem !== undefined) throw problem;
  } catch (error) {
    if (error instanceof RemoteError) throw error;
    throw new RemoteError(explain(problem ?? error, shown, address));
  } finally {
    probe.disconnect();
  }
  return {
    shown,
    connect() {
      const connection = new Redis(url, {
        ...options,
        enableReadyCheck,
        socketTimeout: SILENT_MILLISECONDS,
        retryStrategy: (times) => Math.min(100 * times, 2000),
      });
      // Without a listener, ioredis would print each lost connection. Other listeners report it.
      connection.on("error", () => {});
      return connection;
    },
  };
}

function addressOf(url: string): URL {
  // A parser ends the host at the first of these characters, so it takes a part of the password for the host.
  const isEncoded = !/[/?#\\\s][^]*@/.test(url.replace(/^\w+:\/\//, ""));
  const address = isEncoded && URL.canParse(url) ? new URL(url) : undefined;
  if (address !== undefined && /^rediss?:$/.test(address.protocol) && address.hostname !== "") {
    checkDatabase(address, url);
    return address;
  }
  throw new AddressError(
    `"${removePasswords(url.replaceAll(/\s/g, ""))}" is not an address of a Redis server. ` +
      "Write redis://host:6379, redis://:password@host:6379, or rediss://… for TLS; " +
      "encode special characters of the password, such as / as %2F and @ as %40.",
  );
}

/** Throws AddressError if the address names a database other than by its number. */
function checkDatabase(address: URL, url: string): void {
  const database = getDatabase(address);
  if (/^\d*$/.test(database)) return;
  throw new AddressError(
    `"${removePasswords(url)}" names the database "${database}". Expected a number from 0, such as ` +
      "redis://host:6379/2, or nothing for database 0.",
  );
}

/** Returns the database of an address, which is its path or the parameter db; "" if there is none. */
function getDatabase({ pathname, searchParams }: URL): string {
  return pathname.slice(1) === "" ? (searchParams.get("db") ?? "") : pathname.slice(1);
}

function checkVersion(info: string, shown: string): void {
  const [, version = "", major = "", minor = ""] = /^redis_version:((\d+)\.(\d+)\S*)/m.exec(info) ?? [];
  if (version === "") return;
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (!isOld) return;
  throw new RemoteError(
    `${shown} is Redis ${version}. Expected ${OLDEST.join(".")} or later, which the queue needs, or any Valkey.`,
  );
}

function explain(error: unknown, shown: string, address: URL): string {
  const { protocol, username, password } = address;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = `${code} ${error instanceof Error ? error.message : String(error)}`;
  if (/NOAUTH/.test(text)) {
    return (
      `${shown} requires a password. Put it into the address, redis://:password@host:6379, or into ` +
      "NN_REDIS_PASSWORD."
    );
  }
  if (/NOPERM/.test(text))
    return `${shown}: ${explainPermission(text, decodeURIComponent(username) || "default")}`;
  if (/DB index|not an integer/i.test(text)) {
    return (
      `${shown} has no database ${getDatabase(address)}. Servers usually have the databases 0 to 15 ("databases" in ` +
      "redis.conf), and a cluster only database 0. Correct the number at the end of the address."
    );
  }
  if (/WRONGPASS|invalid password|AUTH/.test(text)) {
    const hidden =
      password === "***"
        ? " The *** in the address replaces the password: write the password itself, or leave it out and set " +
          "NN_REDIS_PASSWORD."
        : "";
    return `${shown} does not accept the user name or the password.${hidden}`;
  }
  if (/CERT|certificate|self.signed/i.test(text)) {
    return (
      `the certificate of ${shown} is not trusted (${removePasswords(text.trim())}). Set ` +
      "NODE_EXTRA_CA_CERTS to the file of its certificate authority."
    );
  }
  if (/EPROTO|WRONG_VERSION_NUMBER|SSL/i.test(text)) {
    return `${shown} does not use TLS. Write redis:// for a server without TLS.`;
  }
  if (/Protocol error|Unknown RESP|ECONNRESET|closed/i.test(text)) {
    const advice =
      protocol === "rediss:"
        ? " Write redis:// if it is one without TLS."
        : " Write rediss:// if it requires TLS.";
    return `the server at ${shown} is not a Redis server.${advice}`;
  }
  // A server without TLS waits for the rest of a command, so the TLS handshake never ends.
  const withoutTls =
    protocol === "rediss:" && /ETIMEDOUT/.test(text) ? " Write redis:// if the server has no TLS." : "";
  return (
    `no Redis server responds at ${shown} (${removePasswords(text.trim())}). ` +
    `Start one, for instance with redis-server or valkey-server, or correct the address.${withoutTls}`
  );
}
