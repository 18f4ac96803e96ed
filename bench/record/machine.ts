import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

import { installedPeers } from "../peers.ts";

/** The machine and the versions that were measured, in words, by what they are. */
export function describeMachine(): Record<string, string> {
  const architecture = microarchitecture();
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  return {
    processor: architecture === undefined ? processor : `${processor} (${architecture})`,
    cores: `${availableParallelism()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    Node: process.versions.node,
    V8: process.versions.v8,
    ...Object.fromEntries(installedPeers()),
  };
}

/** The name of AMD's microarchitecture: virtual machines give no number of a model. */
function microarchitecture(): string | undefined {
  let text: string;
  try {
    text = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return undefined; // not Linux
  }
  if (!text.includes("AuthenticAMD")) return undefined;
  const [family, model] = ["cpu family", "model"].map((key) =>
    Number(new RegExp(`^${key}\\s*: (\\d+)`, "m").exec(text)?.[1]),
  );
  if (family === 0x1a) return "Zen 5";
  if (family === 0x17) return model! < 0x30 ? "Zen" : "Zen 2";
  if (family !== 0x19) return undefined;
  const isZen4 = (model! >= 0x10 && model! < 0x20) || (model! >= 0x60 && model! < 0x80) || model! >= 0xa0;
  return isZen4 ? "Zen 4" : "Zen 3";
}
