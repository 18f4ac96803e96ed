import { Type } from "typebox";

import type { CatalogEntry } from "./schema.ts";

const pool = {
  type: "pool",
  description: "Trains trials in processes of this machine, by default one per core (--workers).",
  example: "{ type: pool }",
  options: Type.Object({}),
} satisfies CatalogEntry;

const redis = {
  type: "redis",
  description:
    "Trains trials on workers on any machines. Start them with `pnpm run worker --url …`; they get their " +
    "trials from a Redis or Valkey server.",
  example: "{ type: redis, url: redis://host:6379 }",
  options: Type.Object({
    url: Type.String({
      pattern: "^rediss?://[^/]",
      description:
        "The server: redis://host:6379, redis://:password@host:6379 with a password, rediss://… over TLS. " +
        "The environment variable NN_REDIS_PASSWORD may hold the password instead.",
    }),
  }),
} satisfies CatalogEntry;

/** The executors by type name. An executor determines where the trials of an experiment run. */
export const executors: ReadonlyMap<string, CatalogEntry> = new Map([
  ["pool", pool],
  ["redis", redis],
]);

/** A checked `executor` block. */
export type Executor = { readonly type: "pool" } | { readonly type: "redis"; readonly url: string };
