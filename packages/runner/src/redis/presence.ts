import type { Redis } from "ioredis";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

import { redisChannels, redisKeys, type PresenceKind } from "./keys.ts";

/** Seconds of silence after which a worker or a run counts as gone. */
const FORGOTTEN_SECONDS = 12;
/** Interval at which a worker or a run registers. It must be well below FORGOTTEN_SECONDS. */
export const PRESENCE_MILLISECONDS = 3000;

const presenceSchema = Type.Object({
  /** Name for messages: host and process of a worker, or the experiment of a run. */
  name: Type.String(),
  /** Version of the code. */
  version: Type.String(),
  /** Number of concurrent trials; 0 for a run. */
  places: Type.Integer({ minimum: 0, maximum: 100_000 }),
});

/** The description that a worker or a run publishes of itself. */
export type Presence = Static<typeof presenceSchema>;

/** Registers a worker or a run as present. Call it every PRESENCE_MILLISECONDS. */
export async function register(
  redis: Redis,
  kind: PresenceKind,
  id: string,
  presence: Presence,
): Promise<void> {
  const key = redisKeys.presence(kind, id);
  const isNew = (await redis.exists(key)) === 0;
  await redis.set(key, JSON.stringify(presence), "EX", FORGOTTEN_SECONDS);
  await redis.sadd(redisKeys.present(kind), id);
  if (isNew) await redis.publish(redisChannels.presence, "");
}

/** Removes a worker or a run from the list of those present, and notifies the others. */
export async function unregister(redis: Redis, kind: PresenceKind, id: string): Promise<void> {
  await redis.del(redisKeys.presence(kind, id));
  await redis.srem(redisKeys.present(kind), id);
  await redis.publish(redisChannels.presence, "");
}

/** Returns the present workers or runs by id. */
export async function listPresent(redis: Redis, kind: PresenceKind): Promise<Map<string, Presence>> {
  const ids = (await redis.smembers(redisKeys.present(kind))).sort();
  const there = new Map<string, Presence>();
  if (ids.length === 0) return there;
  const texts = await redis.mget(ids.map((id) => redisKeys.presence(kind, id)));
  for (const [index, id] of ids.entries()) {
    const presence = read(texts[index] ?? null);
    if (presence !== undefined) there.set(id, presence);
    else await redis.srem(redisKeys.present(kind), id);
  }
  return there;
}

function read(text: string | null): Presence | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return Value.Check(presenceSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
