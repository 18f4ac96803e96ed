import type { Coordinator } from "./coordinator.ts";
import type { Fault } from "../../packages/cli/test/support/fault-plan.ts";

/** Where a sweep is trained, and what may happen to it there. */
export interface FaultScenario {
  /** Besides the kills: how often each other fault is to happen. */
  readonly others: Readonly<Record<string, number>>;
  /** For the run's command line. */
  readonly args: readonly string[];
  /** False where there was nobody to hit: it is tried again later. */
  inflict(fault: Fault, coordinator: Coordinator): Promise<boolean>;
  /** After a sweep: what is left behind, in words. */
  leftovers(): Promise<string[]>;
  /** After all sweeps, `leftovers` of what was open meanwhile. */
  close(): Promise<string[]>;
}
