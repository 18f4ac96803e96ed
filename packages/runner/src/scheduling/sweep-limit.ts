import type { Budget } from "@nn/experiment";
import { objectiveOf, type Goal } from "@nn/sweep";

/** What is known of a configuration that has begun. */
export interface ConfigurationProgress {
  /** What its trials have trained so far; they train no less in the end. */
  readonly epochs: number;
  readonly isEnded: boolean;
  /** By the sweep's metric; undefined unless all its repeats have completed. */
  readonly objective: number | undefined;
}

/**
 * How many configurations count, in their order, by the budget of a sweep:
 *
 * - target: up to the first that reaches it;
 * - epochs: as many as have no more than these together, one at least, and none after which nothing is left.
 *
 * It depends on what comes of configurations and on their order alone. What is known on the way is an upper
 * bound, which falls to the true number: that of all configurations before it, when they have ended.
 */
export class SweepBudget {
  readonly #budget: Pick<Budget, "epochs" | "target">;
  readonly #metric: string;
  readonly #target: number;
  #configurations = Infinity;
  #reason = "";
  /** Configurations that have ended, from the first without a gap, and their epochs. */
  #passed = 0;
  #spent = 0;

  constructor(budget: Pick<Budget, "epochs" | "target">, metric: string, goal: Goal) {
    this.#budget = budget;
    this.#metric = metric;
    this.#target = objectiveOf(budget.target, goal) ?? -Infinity;
  }

  /** No more than these count. */
  get configurations(): number {
    return this.#configurations;
  }

  /** What the sweep ends by, for people. */
  get reason(): string {
    return this.#reason;
  }

  /** `progressOf`: of a configuration, by its index; undefined where it has not begun. */
  tighten(progressOf: (configuration: number) => ConfigurationProgress | undefined): void {
    const { epochs: most = Infinity } = this.#budget;
    let spent = this.#spent;
    for (let index = this.#passed; index < this.#configurations; index++) {
      const each = progressOf(index);
      if (each === undefined) return;
      spent += each.epochs;
      if (spent > most && index > 0) this.endAfter(index, spentReason(most));
      else if (spent >= most) this.endAfter(index + 1, spentReason(most));
      else if (each.objective !== undefined && each.objective <= this.#target)
        this.endAfter(index + 1, this.#reached);
      if (each.isEnded && index === this.#passed) {
        this.#passed += 1;
        this.#spent = spent;
      }
    }
  }

  get #reached(): string {
    return `${this.#metric} reached the target ${this.#budget.target}`;
  }

  /** No more than these count, whatever else comes. */
  endAfter(configurations: number, reason: string): void {
    if (configurations >= this.#configurations) return;
    this.#configurations = configurations;
    this.#reason = reason;
  }
}

function spentReason(epochs: number): string {
  return `its budget of ${epochs} ${epochs === 1 ? "epoch" : "epochs"} is spent`;
}
