import { readdirSync, readFileSync } from "node:fs";

/** The peak memory of a program, in MB. */
export interface Peak {
  /** Of the process that had the most: its largest resident set, as the kernel recorded it. */
  process: number;
  /** Of the program and all processes that it started: the largest sum that was sampled. Shared pages count once. */
  tree: number;
}

/** Samples the memory of a process and its descendants until `ended` is settled. Linux only: reads /proc. */
export async function followMemory(pid: number, ended: Promise<unknown>): Promise<Peak> {
  const peak: Peak = { process: 0, tree: 0 };
  const sample = (): void => {
    const tree = descendants(pid);
    peak.tree = Math.max(
      peak.tree,
      tree.reduce((sum, each) => sum + read(`/proc/${each}/smaps_rollup`, "Pss"), 0),
    );
    for (const each of tree) peak.process = Math.max(peak.process, read(`/proc/${each}/status`, "VmHWM"));
  };
  const timer = setInterval(sample, 50);
  try {
    await ended;
  } finally {
    clearInterval(timer);
  }
  return peak;
}

/** A number of kB in a file of /proc, in MB; 0 if the process has ended. */
function read(file: string, key: string): number {
  try {
    return Number(new RegExp(`^${key}:\\s*(\\d+) kB`, "m").exec(readFileSync(file, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** A process and all that it and its children have started. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const each of found) found.push(...(children.get(each) ?? []));
  return found;
}

function parentOf(pid: string): number {
  try {
    // The name of the program, in parentheses, may contain spaces.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0; // it has ended
  }
}
