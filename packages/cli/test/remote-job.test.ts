import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";

import { RedisServer, isRedisInstalled } from "./support/redis-server.ts";
import { EPOCHS, RemoteTraining } from "./support/remote-training.ts";

/** Events that may happen in any order. */
const steps = {
  "the run reads": (training) => training.look(),
  "the run is killed and starts again": (training) => training.restart(),
  "a worker begins": (training, place) => training.worker(place).begin(),
  "a worker trains": async (training, place) => training.worker(place).train(),
  "a worker reports": (training, place) => training.worker(place).say(),
  "a report comes twice": (training, place) => training.worker(place).repeat(),
  "a report is lost": async (training, place) => training.worker(place).lose(),
  "two reports change places": async (training, place) => training.worker(place).swap(),
  "a worker saves a checkpoint": (training, place) => training.worker(place).saveCheckpoint(),
  "a worker ends": (training, place) => training.worker(place).end(),
  "a worker is killed": async (training, place) => training.killWorker(place),
  "the server saves": (training) => training.save(),
  "the server restarts with what it has saved": (training) => training.restartServer(),
} satisfies Record<string, (training: RemoteTraining, place: number) => Promise<void>>;
type Step = keyof typeof steps;

const step = fc.tuple(
  fc.oneof(
    // Most events are normal work.
    {
      weight: 3,
      arbitrary: fc.constantFrom<Step[]>("a worker begins", "a worker trains", "a worker reports"),
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keys of an object literal are those of its type
    { weight: 2, arbitrary: fc.constantFrom(...(Object.keys(steps) as Step[])) },
  ),
  fc.nat({ max: 1 }),
);

test.skipIf(!isRedisInstalled)(
  "each epoch of a trial is recorded once and in order, after any lost reports, restarts and kills",
  async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.remove());
    const redis = server.client();
    onTestFinished(() => redis.disconnect());
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60, size: "max" }), async (happenings) => {
        await redis.flushall();
        const training = new RemoteTraining(redis);
        try {
          await training.restart();
          const whole = Array.from({ length: EPOCHS }, (_, index) => index + 1);
          const checked = (): void =>
            expect(training.recorded).toEqual(whole.slice(0, training.recorded.length));
          for (const [what, place] of happenings) {
            await steps[what](training, place);
            checked();
          }
          // From here on, nothing fails.
          for (let round = 0; round < 4 && !training.isDone; round++) {
            training.killWorker(0);
            training.killWorker(1);
            await training.look();
            const worker = training.worker(0);
            await worker.begin();
            for (let epoch = 0; epoch < EPOCHS; epoch++) worker.train();
            await worker.end();
            await training.look();
            checked();
          }
          expect(training.isDone).toBe(true);
          expect(training.recorded).toEqual(whole);
          expect(training.status).toBe("completed");
        } finally {
          await training.close();
        }
      }),
      {
        numRuns: 200,
        examples: [
          [
            // The report of the last epoch is lost, but not that of the end.
            [
              ["a worker begins", 0],
              ["a worker trains", 0],
              ["a worker reports", 0],
              ["a worker reports", 0],
              ["a worker trains", 0],
              ["a worker trains", 0],
              ["a report is lost", 0],
              ["a report is lost", 0],
              ["a worker ends", 0],
              ["the run reads", 0],
            ],
          ],
        ],
      },
    );
  },
);

/** A training on a server of its own, whose first job is in the queue. */
async function beginTraining(): Promise<RemoteTraining> {
  const server = await RedisServer.start();
  onTestFinished(() => server.remove());
  const redis = server.client();
  onTestFinished(() => redis.disconnect());
  const training = new RemoteTraining(redis);
  onTestFinished(() => training.close());
  await training.restart();
  return training;
}

/** Trains the job in the queue to its end. */
async function trainToEnd(training: RemoteTraining): Promise<void> {
  const worker = training.worker(0);
  await worker.begin();
  for (let epoch = 0; epoch < EPOCHS; epoch++) worker.train();
  await worker.end();
}

test.skipIf(!isRedisInstalled)(
  "a run that was killed after a trial had failed trains the trial again when it resumes",
  async () => {
    const training = await beginTraining();
    await training.worker(0).begin();
    await training.worker(0).fail();
    await expect(training.look()).rejects.toThrow("no memory");
    training.killWorker(0);
    await training.restart();
    await trainToEnd(training);
    await training.look();
    expect(training.status).toBe("completed");
  },
);

test.skipIf(!isRedisInstalled).for([
  ["reports are lost, because the memory of the server is full", false],
  ["the server restarts with older data, and its clock is set back", true],
] as const)("a run does not wait forever for the end of a job if %s", async ([, isClockWrong]) => {
  const training = await beginTraining();
  if (isClockWrong) await training.reportLater();
  await training.look();
  if (isClockWrong) await training.loseReports();
  await trainToEnd(training);
  if (!isClockWrong) await training.loseReports();
  await training.look();
  if (!isClockWrong) {
    training.killWorker(0);
    await trainToEnd(training);
    await training.look();
  }
  expect(training.status).toBe("completed");
  expect(training.recorded).toHaveLength(EPOCHS);
});
