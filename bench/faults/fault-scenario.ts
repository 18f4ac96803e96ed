import type { Coordinator } from "./coordinator.ts";
import type { Fault } from "../../packages/cli/test/support/fault-plan.ts";

/** The environment in which a sweep is trained, and the faults that can occur there. */
export interface FaultScenario {
  /** The number of each other fault, besides the kills. */
  readonly others: Readonly<Record<string, number>>;
  /** Arguments of the run's command line. */
  readonly args: readonly string[];
  /** Injects a fault. Returns false if no process could be hit; the fault is then tried again later. */
  inflict(fault: Fault, coordinator: Coordinator): Promise<boolean>;
  /** Describes what a sweep has left behind. */
  leftovers(): Promise<string[]>;
  /** Closes the environment after all sweeps. Describes what is left behind. */
  close(): Promise<string[]>;
}
