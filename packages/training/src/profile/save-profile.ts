import { join } from "@nn/platform/path";
import { writeFilesAtomically } from "@nn/results";

import { summarizeProfile } from "./profile.ts";
import type { Profiler } from "./profiler.ts";
import { formatTrace } from "./trace.ts";

/** File name of the profile of a trial: a `Profile` as JSON. */
export const PROFILE_FILE = "profile.json";
/** File name of the trace: the first spans of a trial, for ui.perfetto.dev. */
export const TRACE_FILE = "trace.json";

/** Ends all spans of a profiler and writes its files to a folder. `trial` is the number of the trial. */
export function saveProfile(folder: string, profiler: Profiler, trial: number): Promise<void> {
  profiler.finish();
  const profile = `${JSON.stringify(summarizeProfile(profiler), undefined, 2)}\n`;
  return writeFilesAtomically([
    [join(folder, PROFILE_FILE), profile],
    [join(folder, TRACE_FILE), formatTrace(profiler, trial)],
  ]);
}
