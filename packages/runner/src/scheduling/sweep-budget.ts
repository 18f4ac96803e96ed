import type { Budget } from "@nn/experiment";
import { toObjective, type Goal } from "@nn/sweep";

/** The progress of a configuration that has started. */
export interface ConfigurationProgress {
  /** Total number of epochs of its trials so far. */
  readonly epochs: number;
  readonly isEnded: boolean;
  /** The objective, computed from the sweep's metric; undefined until all repeats have completed. */
  readonly objective: number | undefined;
}

/**
 * Computes how many configurations are within the budget of a sweep, in the order of the configurations:
 *
 * - target: up to the first configuration that reaches it;
 * - epochs: the first configurations whose total number of epochs fits into the budget, at least one.
 *
 * The number depends only on the results and the order of the configurations. While the sweep runs, it is an
 * upper bound. It is exact when all configurations within the budget have ended.
 */
export class SweepBudget {
  readonly #budget: Pick<Budget, "epochs" | "target">;
  readonly #metric: string;
  readonly #target: number;
  #configurations = Infinity;
  #reason = "";
  /** Number of leading configurations that have all ended, and the sum of their epochs. */
  #endedConfigurations = 0;
  #epochsSpent = 0;

  constructor(budget: Pick<Budget, "epochs" | "target">, metric: string, goal: Goal) {
    this.#budget = budget;
    this.#metric = metric;
    this.#target = toObjective(budget.target, goal) ?? -Infinity;
  }

  /** Upper bound of the number of configurations within the budget. */
  get configurations(): number {
    return this.#configurations;
  }

  /** The text that explains why the sweep ends. */
  get reason(): string {
    return this.#reason;
  }

  /**
   * Lowers the bound if the results so far allow it. `progressOf` returns the progress of a configuration by
   * its index, or undefined if it has not started.
   */
  tighten(progressOf: (configuration: number) => ConfigurationProgress | undefined): void {
    const { epochs: maxEpochs = Infinity } = this.#budget;
    let spent = this.#epochsSpent;
    for (let index = this.#endedConfigurations; index < this.#configurations; index++) {
      const each = progressOf(index);
      if (each === undefined) return;
      spent += each.epochs;
      if (spent > maxEpochs && index > 0) this.endAfter(index, formatSpentReason(maxEpochs));
      else if (each.objective !== undefined && each.objective <= this.#target) {
        this.endAfter(index + 1, this.#reached);
        // The last epoch of the budget may have set the same bound before the objective was known.
        this.#reason = this.#reached;
      } else if (spent >= maxEpochs) this.endAfter(index + 1, formatSpentReason(maxEpochs));
      if (each.isEnded && index === this.#endedConfigurations) {
        this.#endedConfigurations += 1;
        this.#epochsSpent = spent;
      }
    }
  }

  get #reached(): string {
    return `${this.#metric} reached the target ${this.#budget.target}`;
  }

  /** Lowers the bound to this number of configurations, unless it is already lower. */
  endAfter(configurations: number, reason: string): void {
    if (configurations >= this.#configurations) return;
    this.#configurations = configurations;
    this.#reason = reason;
  }
}

function formatSpentReason(epochs: number): string {
  return `its budget of ${epochs} ${epochs === 1 ? "epoch" : "epochs"} is used up`;
}
