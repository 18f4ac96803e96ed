/**
 * How much of a run is done, in epochs: the bar and the time left go by it. Trials that earlier runs have done count as
 * done, but say nothing of this run's speed.
 */
export class Tally {
  readonly trials: number;
  readonly epochs: number;
  readonly #epochsBefore: number;
  readonly #clock: () => number;
  readonly #started: number;
  /** Trial → its epochs so far, with the part of the one in training. */
  readonly #running = new Map<number, number>();
  #endedTrials: number;
  #endedEpochs: number;

  /** `trials`, `epochs`: of the whole run; `done`: what earlier runs have done of it. `clock`: seconds. */
  constructor(
    whole: { readonly trials: number; readonly epochs: number },
    done: { readonly trials: number; readonly epochs: number },
    clock: () => number,
  ) {
    this.trials = whole.trials;
    this.epochs = whole.epochs;
    this.#endedTrials = done.trials;
    this.#endedEpochs = done.epochs;
    this.#epochsBefore = done.epochs;
    this.#clock = clock;
    this.#started = clock();
  }

  /** The trial has trained that many epochs, the last perhaps in part. */
  advance(trial: number, epochs: number): void {
    this.#running.set(trial, epochs);
  }

  /** The trial has ended, however; none of its epochs are still to come. */
  end(trial: number, epochs: number): void {
    this.#running.delete(trial);
    this.#endedTrials += 1;
    this.#endedEpochs += epochs;
  }

  get trialsDone(): number {
    return this.#endedTrials;
  }

  /** May have a fraction. */
  get epochsDone(): number {
    return this.#endedEpochs + this.#running.values().reduce((sum, epochs) => sum + epochs, 0);
  }

  /** In seconds, at the speed of this run so far; undefined before anything is known of it. */
  get timeLeft(): number | undefined {
    const doneNow = this.epochsDone - this.#epochsBefore;
    if (doneNow <= 0) return undefined;
    return ((this.#clock() - this.#started) / doneNow) * (this.epochs - this.epochsDone);
  }
}
