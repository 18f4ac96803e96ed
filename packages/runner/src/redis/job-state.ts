import { randomUUID } from "node:crypto";

import type { Redis } from "ioredis";

import type { JobReport } from "./job.ts";
import { redisChannels, EXPIRY_SECONDS, redisKeys, type JobId } from "./keys.ts";
import { serialize } from "./serialization.ts";

// Atomic scripts on the server decide the state of a job. If a worker that was presumed dead reports again,
// the script rejects its report, and the worker drops the job. The lease of the attempt identifies a worker.
// The number of the attempt would not be unique, because a server that restarts with older data uses some
// numbers twice.

/** Identifies a worker's attempt at a job. The server accepts reports only for the current lease. */
export interface JobLease {
  readonly job: JobId;
  readonly ticket: string;
  /** A unique id of the attempt. */
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
 * Number of workers in a row that may vanish while they train a job. If one more vanishes, the attempt counts
 * as a crash of the job. If an attempt gets further than all earlier ones, the count is reset. So a trial
 * does not fail because a laptop sleeps often.
 */
const MAX_VANISHED = 5;

/**
 * Starts a new attempt at a job. Returns undefined if the job has ended or has been queued again with another
 * ticket. Also returns undefined if the job fails now because too many workers have vanished.
 */
export async function beginJob(
  redis: Redis,
  job: JobId,
  ticket: string,
  worker: string,
): Promise<{ readonly attempt: number; readonly lease: string; readonly checkpoint: string } | undefined> {
  const lease = randomUUID();
  const hopeless: JobReport = {
    kind: "crashed",
    message: `${MAX_VANISHED + 1} workers vanished while they trained it`,
  };
  const answer = await redis.eval(
    BEGIN,
    2,
    redisKeys.job(job),
    redisKeys.reports(job),
    ticket,
    worker,
    MAX_VANISHED,
    serialize(hopeless),
    EXPIRY_SECONDS,
    redisChannels.reports(job.run),
    lease,
  );
  const [attempt, checkpoint]: unknown[] = Array.isArray(answer) ? answer : [];
  return Number(attempt) > 0
    ? { attempt: Number(attempt), lease, checkpoint: typeof checkpoint === "string" ? checkpoint : "" }
    : undefined;
}

/**
 * Sends a report about a job. Returns false and discards the report if another worker has the job, or if the
 * job has ended or was cancelled. `changes` are fields of the job to set at the same time.
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
    redisKeys.job(job),
    redisKeys.reports(job),
    ticket,
    lease,
    serialize(report),
    redisChannels.reports(job.run),
    EXPIRY_SECONDS,
    ...getReportPosition(report),
    ...Object.entries(changes).flat(),
  );
  return answer === 1;
}

/**
 * Returns the progress in a report: the number of completed epochs, and the number of images of the next
 * epoch. Returns empty strings if the report has none.
 */
function getReportPosition(report: JobReport): [epoch: number | "", seen: number | ""] {
  if (report.kind === "checkpoint") return [report.epoch, report.seen];
  return report.kind === "epoch" ? [report.epoch.epoch, 0] : ["", ""];
}

/** Deletes every key of a job. */
export async function deleteJob(redis: Redis, job: JobId): Promise<void> {
  const state = redisKeys.job(job);
  const [leases, checkpoint] = await redis.hmget(state, "leases", "checkpoint");
  const files = (leases ?? "").split(" ").map((lease) => redisKeys.files(job, lease));
  await redis.del(
    state,
    redisKeys.reports(job),
    redisKeys.start(job),
    redisKeys.checkpoint(job, checkpoint ?? ""),
    ...files,
  );
  await redis.srem(redisKeys.jobs(job.run), JSON.stringify(job));
}
