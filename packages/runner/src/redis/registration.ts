import type { Redis } from "ioredis";
import { Type, type Static } from "typebox";
import { Value } from "typebox/value";

import { redisChannels, redisKeys, type RegistrationKind } from "./keys.ts";

/** Seconds of silence after which a worker or a run counts as gone. */
const REGISTRATION_EXPIRY_SECONDS = 12;
/** Interval at which a worker or a run registers. It must be well below REGISTRATION_EXPIRY_SECONDS. */
export const REGISTRATION_MILLISECONDS = 3000;

const registrationSchema = Type.Object({
  /** Name for messages: host and process of a worker, or the experiment of a run. */
  name: Type.String(),
  /** Version of the code. */
  version: Type.String(),
  /** Number of concurrent trials; 0 for a run. */
  places: Type.Integer({ minimum: 0, maximum: 100_000 }),
});

/** The description that a worker or a run publishes of itself. */
export type Registration = Static<typeof registrationSchema>;

/** Registers a worker or a run, for REGISTRATION_EXPIRY_SECONDS. Call it every REGISTRATION_MILLISECONDS. */
export async function register(
  redis: Redis,
  kind: RegistrationKind,
  id: string,
  registration: Registration,
): Promise<void> {
  const key = redisKeys.registration(kind, id);
  const isNew = (await redis.exists(key)) === 0;
  await redis.set(key, JSON.stringify(registration), "EX", REGISTRATION_EXPIRY_SECONDS);
  await redis.sadd(redisKeys.present(kind), id);
  if (isNew) await redis.publish(redisChannels.registration, "");
}

/** Removes the registration of a worker or a run, and notifies the others. */
export async function unregister(redis: Redis, kind: RegistrationKind, id: string): Promise<void> {
  await redis.del(redisKeys.registration(kind, id));
  await redis.srem(redisKeys.present(kind), id);
  await redis.publish(redisChannels.registration, "");
}

/** Returns the registered workers or runs by id. */
export async function listRegistered(
  redis: Redis,
  kind: RegistrationKind,
): Promise<Map<string, Registration>> {
  const ids = (await redis.smembers(redisKeys.present(kind))).sort();
  const registered = new Map<string, Registration>();
  if (ids.length === 0) return registered;
  const texts = await redis.mget(ids.map((id) => redisKeys.registration(kind, id)));
  for (const [index, id] of ids.entries()) {
    const registration = read(texts[index] ?? null);
    if (registration !== undefined) registered.set(id, registration);
    else await redis.srem(redisKeys.present(kind), id);
  }
  return registered;
}

function read(text: string | null): Registration | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return Value.Check(registrationSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
