import type { Catalogs } from "@nn/experiment";

/**
 * Returns whether a schedule depends on the metrics of validation images. A configuration with such a
 * schedule cannot be trained on all images.
 */
export function scheduleNeedsValidation(type: string, schedules: Catalogs["schedules"]): boolean {
  return schedules.get(type)?.needsValidation === true;
}
