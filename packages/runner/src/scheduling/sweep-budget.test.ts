import { expect, test } from "vitest";

import { SweepBudget, type ConfigurationProgress } from "./sweep-budget.ts";

test.for([1, 2, 3])(
  "the reason is the target, not the epochs that are spent with it, if the results arrive in %d steps",
  (steps) => {
    const budget = new SweepBudget({ epochs: 4, target: 0.9 }, "validation.accuracy", "maximize");
    const states: ConfigurationProgress[] = [
      { epochs: 3, isEnded: false, objective: undefined },
      { epochs: 4, isEnded: false, objective: undefined },
      { epochs: 4, isEnded: true, objective: -0.95 },
    ];
    for (const state of states.slice(-steps))
      budget.tighten((configuration) => (configuration === 0 ? state : undefined));
    expect(budget.configurations).toBe(1);
    expect(budget.reason).toBe("validation.accuracy reached the target 0.9");
  },
);

test("a configuration that spends the epochs without reaching the target ends the sweep by the budget", () => {
  const budget = new SweepBudget({ epochs: 4, target: 0.9 }, "validation.accuracy", "maximize");
  budget.tighten((configuration) =>
    configuration === 0 ? { epochs: 4, isEnded: true, objective: -0.8 } : undefined,
  );
  expect(budget.configurations).toBe(1);
  expect(budget.reason).toBe("its budget of 4 epochs is used up");
});
