import { Type } from "typebox";

import type { CatalogEntry } from "./schema.ts";

const pool = {
  type: "pool",
  description: "By processes of this machine, one a core where --workers says nothing else.",
  options: Type.Object({}),
} satisfies CatalogEntry;

const redis = {
  type: "redis",
  description:
    "By workers on any machines, which are started with `pnpm run worker --url …` and get their trials " +
    "from a Redis or Valkey server.",
  options: Type.Object({
    url: Type.String({
      pattern: "^rediss?://[^/]",
      description:
        "The server: redis://host:6379, with a password redis://:password@host:6379, over TLS rediss://… " +
        ". A password may stand in the environment variable NN_REDIS_PASSWORD instead.",
    }),
  }),
} satisfies CatalogEntry;

/** Where the trials of an experiment may be trained. */
export const executors: ReadonlyMap<string, CatalogEntry> = new Map([
  ["pool", pool],
  ["redis", redis],
]);

/** A checked `executor` block. */
export type Executor = { readonly type: "pool" } | { readonly type: "redis"; readonly url: string };
