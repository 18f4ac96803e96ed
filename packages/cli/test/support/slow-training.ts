// Imported in workers before their program: while their folder has a file "slow", each epoch takes 0.25 s
// longer. Custom layers are not sent to other machines, so an experiment cannot do this.
import { existsSync } from "node:fs";

if (process.send !== undefined && /\bworker\.(ts|mjs)$/.test(process.argv[1] ?? "")) {
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the `this` that it is called with here
  process.send = new Proxy(process.send, {
    apply(send, self, args: unknown[]) {
      const isSent: unknown = Reflect.apply(send, self, args);
      const [message] = args;
      const isEpoch =
        typeof message === "object" && message !== null && "kind" in message && message.kind === "epoch";
      if (isEpoch && existsSync("slow")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      return isSent;
    },
  });
}
