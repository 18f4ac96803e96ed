import { expect, test } from "vitest";

import { assignCores } from "./cores.ts";

test.for([
  [{}, 8, { workers: 4, threads: 1 }],
  [{}, 1, { workers: 1, threads: "auto" }],
  [{ threads: 1 }, 1, { workers: 1, threads: 1 }],
  [{ threads: "auto" }, 8, { workers: 4, threads: "auto" }],
  [{ workers: 2 }, 8, { workers: 2, threads: 1 }],
  [{ workers: 9 }, 8, { workers: 8, threads: 1 }],
  [{ threads: 2 }, 8, { workers: 2, threads: 2 }],
  [{ threads: 3 }, 8, { workers: 1, threads: 3 }],
  [{ threads: 4 }, 1, { workers: 1, threads: 4 }],
  [{ threads: 2, workers: 2 }, 8, { workers: 2, threads: 2 }],
] as const)("on four cores, %j and %i trials give %j", ([asked, trials, shares]) => {
  expect(assignCores(asked, trials, 4)).toEqual(shares);
});

test("more threads than cores are allowed, with a notice", () => {
  expect(assignCores({ threads: 6 }, 8, 4)).toEqual({
    workers: 1,
    threads: 6,
    notice: "notice: 6 threads on 4 cores give the same results, but are slower than one thread per core",
  });
  expect(assignCores({ threads: 2, workers: 3 }, 8, 4).notice).toContain(
    "3 workers with 2 threads each on 4 cores",
  );
  expect(assignCores({ threads: 2 }, 8, 1).notice).toContain("2 threads on 1 core give");
});
