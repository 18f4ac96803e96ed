import { once } from "node:events";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, onTestFinished, test } from "vitest";

const module = fileURLToPath(new URL("./interrupt-handler.ts", import.meta.url));

/** A process that never ends by itself and prints the signals that it receives. */
const program = `
import { InterruptHandler } from ${JSON.stringify(module)};
const interrupt = new InterruptHandler(() => process.stdout.write("first "));
interrupt.signal.addEventListener("abort", () => process.stdout.write("aborted "));
setInterval(() => {}, 1000);
process.stdout.write("ready ");
`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
  "the first %s is reported, the second ends the process with exit code 130",
  async (signal) => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program]);
    // Ends the process if the signals did not end it.
    onTestFinished(() => void child.kill("SIGKILL"));
    const heard = { text: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => (heard.text += text));
    const closed = once(child, "close");
    const hears = async (words: string): Promise<void> => {
      while (heard.text !== words) await once(child.stdout, "data");
    };
    await hears("ready ");
    child.kill(signal);
    await hears("ready first aborted ");
    expect(child.exitCode).toBeNull();
    child.kill(signal);
    // If the process continued, it would print again.
    await Promise.race([closed, once(child.stdout, "data")]);
    expect(heard.text).toBe("ready first aborted ");
    expect(await closed).toEqual([130, null]);
    expect(heard.text).toBe("ready first aborted ");
  },
);
