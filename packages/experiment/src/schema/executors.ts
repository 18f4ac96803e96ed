import { Type } from "typebox";

import type { CatalogEntry } from "./schema.ts";

const pool = {
  type: "pool",
  description: "Trains trials in processes on this machine, by default one per core (--workers).",
  example: "{ type: pool }",
  options: Type.Object({}),
} satisfies CatalogEntry;

const redis = {
  type: "redis",
  description:
    "Trains trials on workers, which can run on other machines. Start workers with " +
    "`pnpm run worker --url …`. They receive trials through a Redis or Valkey server.",
  example: "{ type: redis, url: redis://host:6379 }",
  options: Type.Object({
    url: Type.String({
      pattern: "^rediss?://[^/]",
      description:
        "The server: redis://host:6379, redis://:password@host:6379 with a password, rediss://… over TLS. " +
        "You can put the password into the environment variable NN_REDIS_PASSWORD instead.",
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
