import type { StateDict } from "../definition.ts";

/** Restores `to` from `from`, as loading a checkpoint does. */
export function restoreStates(from: readonly StateDict[], to: readonly StateDict[]): void {
  for (const [index, { tensors, numbers }] of to.entries()) {
    const saved = from[index]!;
    Object.assign(numbers, saved.numbers);
    for (const [k, { value }] of tensors.entries()) value.data.set(saved.tensors[k]!.value.data);
  }
}
