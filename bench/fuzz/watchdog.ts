import { workerData } from "node:worker_threads";

/** Seconds after which a case counts as hung. */
const PATIENCE = 60;

const heartbeat: Int32Array = workerData;
let [seen, since] = [-1, performance.now()];
setInterval(() => {
  const seed = Atomics.load(heartbeat, 0);
  if (seed !== seen) [seen, since] = [seed, performance.now()];
  else if (performance.now() - since > 1000 * PATIENCE) {
    process.stdout.write(`The case of seed ${seed} hangs.\n`);
    process.kill(process.pid, "SIGKILL");
  }
}, 1000);
