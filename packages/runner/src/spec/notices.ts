import type { TrialSpec } from "../experiment.ts";
import type { Facts } from "./own-data.ts";

/** What may be a slip in an experiment without a mistake, and may be meant: sentences for a person, without their dots, each once. */
export function noticesOf(specs: readonly TrialSpec[], facts: Facts): string[] {
  return [...new Set(specs.flatMap(({ dataset }) => facts(dataset).notices ?? []))];
}
