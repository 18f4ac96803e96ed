import { randomUUID } from "node:crypto";

import type { Redis } from "ioredis";

import type { JobReport } from "./job.ts";
import { channels, KEPT_SECONDS, keys, type JobName } from "./keys.ts";
import { toWire } from "./wire.ts";

// How a job stands is decided on the server, in scripts that run as one: the worker that was thought dead,
// and speaks again, is told there that it has lost the job, and nothing that it says is kept. It is known by
// the lease of its attempt and not by the attempt's number: a server that restarts with older data counts
// some numbers twice.

/** What has to hold of a job for a worker to speak of it. */
export interface JobLease {
  readonly job: JobName;
  readonly ticket: string;
  /** Of the attempt; no other has it. */
  readonly lease: string;
}

const BEGIN = `
if redis.call("HGET", KEYS[1], "ticket") ~= ARGV[1] then return {0, ""} end
local state = redis.call("HGET", KEYS[1], "state")
if state == "ended" then return {0, ""} end
if state == "running" and redis.call("HINCRBY", KEYS[1], "vanished", 1) > tonumber(ARGV[3]) then
  redis.call("HSET", KEYS[1], "state", "ended")
  redis.call("XADD", KEYS[2], "*", "report", ARGV[4])
  redis.call("EXPIRE", KEYS[2], ARGV[5])
  redis.call("PUBLISH", ARGV[6], KEYS[1])
  return {0, ""}
end
local attempt = redis.call("HINCRBY", KEYS[1], "attempt", 1)
local leases = redis.call("HGET", KEYS[1], "leases")
redis.call("HSET", KEYS[1], "state", "running", "worker", ARGV[2], "lease", ARGV[7],
  "leases", (leases and leases .. " " or "") .. ARGV[7])
redis.call("EXPIRE", KEYS[1], ARGV[5])
return {attempt, redis.call("HGET", KEYS[1], "checkpoint")}
`;

const SAY = `
local hold = redis.call("HMGET", KEYS[1], "ticket", "lease", "state")
if hold[1] ~= ARGV[1] or hold[2] ~= ARGV[2] or hold[3] ~= "running" then return 0 end
redis.call("XADD", KEYS[2], "*", "report", ARGV[3])
redis.call("EXPIRE", KEYS[1], ARGV[5])
redis.call("EXPIRE", KEYS[2], ARGV[5])
for i = 8, #ARGV, 2 do redis.call("HSET", KEYS[1], ARGV[i], ARGV[i + 1]) end
if ARGV[6] ~= "" then
  local epoch, seen = tonumber(ARGV[6]), tonumber(ARGV[7])
  local furthest = redis.call("HMGET", KEYS[1], "furthestEpoch", "furthestSeen")
  local lastEpoch, lastSeen = tonumber(furthest[1] or 0), tonumber(furthest[2] or 0)
  if epoch > lastEpoch or (epoch == lastEpoch and seen > lastSeen) then
    redis.call("HSET", KEYS[1], "vanished", 0, "furthestEpoch", epoch, "furthestSeen", seen)
  end
end
redis.call("PUBLISH", ARGV[4], KEYS[1])
return 1
`;

/**
 * So many workers may vanish over a job, one after the other, before it is thought to be its doing. One that
 * gets further than any before begins the count anew: a laptop that sleeps often does not fail its trial.
 * What is only reported once more, after a checkpoint was taken up, is no further.
 */
const MOST_VANISHED = 5;

/** A new attempt at a job; undefined where there is nothing to do any more. */
export async function beginJob(
  redis: Redis,
  job: JobName,
  ticket: string,
  worker: string,
): Promise<{ readonly attempt: number; readonly lease: string; readonly checkpoint: string } | undefined> {
  const lease = randomUUID();
  const hopeless: JobReport = {
    kind: "crashed",
    message: `${MOST_VANISHED + 1} workers vanished while they trained it`,
  };
  const answer = await redis.eval(
    BEGIN,
    2,
    keys.job(job),
    keys.reports(job),
    ticket,
    worker,
    MOST_VANISHED,
    toWire(hopeless),
    KEPT_SECONDS,
    channels.reports(job.run),
    lease,
  );
  const [attempt, checkpoint]: unknown[] = Array.isArray(answer) ? answer : [];
  return Number(attempt) > 0
    ? { attempt: Number(attempt), lease, checkpoint: typeof checkpoint === "string" ? checkpoint : "" }
    : undefined;
}

/**
 * Says something of a job. False where the worker has lost it: to another, or because nobody wants it any
 * more. `changes`: what to write down of it at the same time.
 */
export async function reportProgress(
  redis: Redis,
  { job, ticket, lease }: JobLease,
  report: JobReport,
  changes: { readonly state?: "ended" | "waiting"; readonly checkpoint?: string } = {},
): Promise<boolean> {
  const answer = await redis.eval(
    SAY,
    2,
    keys.job(job),
    keys.reports(job),
    ticket,
    lease,
    toWire(report),
    channels.reports(job.run),
    KEPT_SECONDS,
    ...placeOf(report),
    ...Object.entries(changes).flat(),
  );
  return answer === 1;
}

/**
 * How far the training is by a report: whole epochs, and images of the next. Empty where the report does not
 * say.
 */
function placeOf(report: JobReport): [epoch: number | "", seen: number | ""] {
  if (report.kind === "checkpoint") return [report.epoch, report.seen];
  return report.kind === "epoch" ? [report.epoch.epoch, 0] : ["", ""];
}

/** Every key of a job, so that it is forgotten. */
export async function forgetJob(redis: Redis, job: JobName): Promise<void> {
  const state = keys.job(job);
  const [leases, checkpoint] = await redis.hmget(state, "leases", "checkpoint");
  const files = (leases ?? "").split(" ").map((lease) => keys.files(job, lease));
  await redis.del(
    state,
    keys.reports(job),
    keys.start(job),
    keys.checkpoint(job, checkpoint ?? ""),
    ...files,
  );
  await redis.srem(keys.jobs(job.run), JSON.stringify(job));
}
