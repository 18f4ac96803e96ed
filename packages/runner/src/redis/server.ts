import type { Redis, RedisOptions } from "ioredis";

import { withoutPasswords } from "./passwords.ts";
import { RemoteError } from "./remote-error.ts";

/** What BullMQ recommends, and XRANGE with an open beginning needs. Valkey says 7.2 here. */
const OLDEST = [6, 2] as const;

const CONNECT_MILLISECONDS = 10_000;
/**
 * A connection over which nothing comes for so long is taken for dead. Each of ours asks something every few
 * seconds.
 */
const SILENT_MILLISECONDS = 30_000;

/**
 * A Redis or Valkey server that has answered once. From then on it may come and go: connections wait for it.
 */
export interface Server {
  /** Its address, without a password. */
  readonly shown: string;
  /** A connection of one's own. Its commands wait while the server is away. */
  connect(): Redis;
}

/** Makes sure that there is a server that fits. Throws RemoteError. */
export async function findServer(url: string, env: NodeJS.ProcessEnv = process.env): Promise<Server> {
  const address = addressOf(url);
  const shown = withoutPasswords(url);
  // Loaded here: an experiment that is trained on this machine needs no client.
  const { Redis } = await import("ioredis");
  const password = env["NN_REDIS_PASSWORD"];
  const options = {
    protocol: 2 as const,
    connectTimeout: CONNECT_MILLISECONDS,
    maxRetriesPerRequest: null,
    keepAlive: 5000,
    ...(address.password === "" && password !== undefined && password !== "" && { password }),
  } satisfies RedisOptions;
  const probe = new Redis(url, { ...options, lazyConnect: true, retryStrategy: () => null });
  let problem: Error | undefined;
  probe.on("error", (error: Error) => (problem ??= error));
  try {
    await probe.connect();
    checkVersion(await probe.info("server").catch(() => ""), shown);
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
        socketTimeout: SILENT_MILLISECONDS,
        retryStrategy: (times) => Math.min(100 * times, 2000),
      });
      // Without a listener each lost connection would be printed. That one is lost shows where its answers
      // are missed.
      connection.on("error", () => {});
      return connection;
    },
  };
}

function addressOf(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address !== undefined && /^rediss?:$/.test(address.protocol) && address.hostname !== "") return address;
  throw new RemoteError(
    `"${withoutPasswords(url)}" is no address of a Redis server. ` +
      "Write redis://host:6379, redis://:password@host:6379, or rediss://… for TLS; " +
      "what is special in a password, such as / or @, as %2F or %40.",
  );
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

function explain(error: unknown, shown: string, { protocol, password }: URL): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const text = `${code} ${error instanceof Error ? error.message : String(error)}`;
  if (/NOAUTH/.test(text)) {
    return (
      `${shown} asks for a password. Put it into the address, redis://:password@host:6379, or into ` +
      "NN_REDIS_PASSWORD."
    );
  }
  if (/WRONGPASS|invalid password|AUTH/.test(text)) {
    const hidden =
      password === "***"
        ? " *** stands for a password that is not shown: write that, or leave it out and put it into NN_REDIS_PASSWORD."
        : "";
    return `${shown} does not accept the name or the password.${hidden}`;
  }
  if (/CERT|certificate|self.signed/i.test(text)) {
    return (
      `the certificate of ${shown} is not trusted (${withoutPasswords(text.trim())}). Name its authority's ` +
      "file in NODE_EXTRA_CA_CERTS."
    );
  }
  if (/EPROTO|WRONG_VERSION_NUMBER|SSL/i.test(text)) {
    return `${shown} does not speak TLS. Write redis:// where the server has no TLS.`;
  }
  if (/Protocol error|ECONNRESET|closed/i.test(text)) {
    const advice = protocol === "rediss:" ? "" : " Write rediss:// if it wants TLS.";
    return `what answers at ${shown} does not speak as a Redis server does.${advice}`;
  }
  return (
    `no Redis server answers at ${shown} (${withoutPasswords(text.trim())}). ` +
    "Start one, for instance with redis-server or valkey-server, or correct the address."
  );
}
