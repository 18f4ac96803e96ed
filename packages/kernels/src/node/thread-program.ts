// The program of a kernel thread. It instantiates the kernels with the shared memory, reports that it is
// ready, and then runs the jobs posted to its mailbox.
import { parentPort, workerData } from "node:worker_threads";

import { instantiateKernels, listKernels } from "../module.ts";
import { Mailbox } from "../threads/mailbox.ts";
import type { ThreadData } from "../threads/thread-pool.ts";

const { module, memory, buffer, staticMemory, mailbox }: ThreadData = workerData;
const kernels = instantiateKernels(module, memory);
kernels.setOwn(staticMemory);
// Only windows have a target origin, threads do not.
// oxlint-disable-next-line unicorn/require-post-message-target-origin
parentPort?.postMessage("ready");
new Mailbox(buffer, mailbox).serve(listKernels(kernels));
