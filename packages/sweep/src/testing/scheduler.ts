import type { PruningContext, Pruner, PruningDecision } from "../pruner.ts";

/** What befalls the configurations of a sweep, whoever trains them and whenever. */
export interface Story {
  readonly generations: readonly number[];
  /** The objective of a configuration after an epoch. */
  readonly objective: (configuration: number, epoch: number) => number | undefined;
  /** The epoch in which its training fails; Infinity: it does not. */
  readonly failsIn: (configuration: number) => number;
}

/** One thing that a pruner was told; without an epoch: the configuration has ended. */
export interface Told {
  readonly configuration: number;
  readonly epoch?: number;
}

/**
 * Runs a sweep with this pruner: at most `workers` train at a time, `pick(n)` chooses which of n possible
 * things happens next. A configuration that waits for its verdict holds no worker. Throws when all wait for
 * ever, and when a verdict comes that nobody waits for.
 */
export function runSweep(
  pruner: Pruner,
  { generations, objective, failsIn }: Story,
  workers: number,
  pick: (count: number) => number,
): { told: Told[]; verdicts: PruningDecision[] } {
  const told: Told[] = [];
  const verdicts: PruningDecision[] = [];
  let first = 0;
  for (const size of generations) {
    /** Who may be trained from the first epoch or from its last rung. */
    const ready = new Map(Array.from({ length: size }, (_, index): [number, number] => [first + index, 0]));
    /** Who is trained, and to which epoch. */
    const running = new Map<number, number | "end">();
    const waiting = new Map<number, number>();
    first += size;

    const start = (configuration: number): void => {
      const from = ready.get(configuration)!;
      const next = pruner.rungs(configuration).find((epoch) => epoch > from);
      ready.delete(configuration);
      running.set(configuration, next === undefined || next >= failsIn(configuration) ? "end" : next);
    };
    const finish = (configuration: number): void => {
      const epoch = running.get(configuration)!;
      running.delete(configuration);
      if (epoch === "end") {
        told.push({ configuration });
        hear(pruner.end(configuration));
      } else {
        told.push({ configuration, epoch });
        waiting.set(configuration, epoch);
        hear(pruner.report(configuration, epoch, objective(configuration, epoch)));
      }
    };
    const hear = (given: readonly PruningDecision[]): void => {
      for (const verdict of given) {
        const { configuration, epoch, goesOn } = verdict;
        if (waiting.get(configuration) !== epoch) throw new Error(`nobody waits for ${told.length}`);
        waiting.delete(configuration);
        if (goesOn) ready.set(configuration, epoch);
        verdicts.push(verdict);
      }
    };

    while (ready.size + running.size > 0) {
      const startable = running.size < workers ? [...ready.keys()].sort((a, b) => a - b) : [];
      const finishable = [...running.keys()];
      const choice = pick(startable.length + finishable.length);
      if (choice < startable.length) start(startable[choice]!);
      else finish(finishable[choice - startable.length]!);
    }
    if (waiting.size > 0) throw new Error(`configurations ${[...waiting.keys()].join(", ")} wait for ever`);
  }
  return { told, verdicts };
}

/** The verdicts of a pruner that is told these things. */
export function tell(
  pruner: Pruner,
  told: readonly Told[],
  objective: Story["objective"],
): PruningDecision[] {
  return told.flatMap(({ configuration, epoch }) =>
    epoch === undefined
      ? pruner.end(configuration)
      : pruner.report(configuration, epoch, objective(configuration, epoch)),
  );
}

/** Verdicts as a set: in an order that depends on nothing but what they are. */
export function inOrder(verdicts: readonly PruningDecision[]): PruningDecision[] {
  return [...verdicts].sort((a, b) => a.configuration - b.configuration || a.epoch - b.epoch);
}

/** One worker; of what is possible the first. */
export function runQuietly(pruner: Pruner, story: Story): PruningDecision[] {
  return runSweep(pruner, story, 1, () => 0).verdicts;
}

/** After how many epochs each configuration of a sweep ended, if none fails. */
export function trainedEpochs(
  pruner: Pruner,
  course: PruningContext,
  objective: Story["objective"],
): number[] {
  const { generations, epochs } = course;
  const count = generations.reduce((sum, size) => sum + size, 0);
  const trained = Array.from({ length: count }, () => epochs);
  for (const verdict of runQuietly(pruner, { generations, objective, failsIn: () => Infinity })) {
    if (!verdict.goesOn) trained[verdict.configuration] = verdict.epoch;
  }
  return trained;
}

/**
 * What halving is made of: after how many epochs how many were trained so far at least, in these brackets one
 * after the other.
 */
export function tableOf(
  trained: readonly number[],
  sizes: readonly number[],
): [epochs: number, n: number][][] {
  let first = 0;
  return sizes.map((size) => {
    const bracket = trained.slice(first, (first += size));
    const epochs = [...new Set(bracket)].sort((a, b) => a - b);
    return epochs.map((epoch) => [epoch, bracket.filter((each) => each >= epoch).length]);
  });
}
