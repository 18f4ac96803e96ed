/**
 * Counts the finished epochs of a run, for the progress bar and the remaining time. Epochs of earlier runs
 * count as done, but not towards this run's speed.
 */
export class RunProgress {
  readonly trials: number;
  readonly #epochsEach: number;
  readonly #clock: () => number;
  #started: number;
  /** Number of epochs that were done before the clock started. */
  #epochsBefore = 0;
  /** Trial → its epochs so far, including the fraction of the current one. */
  readonly #running = new Map<number, number>();
  #endedTrials = 0;
  #endedEpochs = 0;

  /** `epochsEach` is the number of epochs of a trial that is not stopped early. `clock` returns seconds. */
  constructor(trials: number, epochsEach: number, clock: () => number) {
    this.trials = trials;
    this.#epochsEach = epochsEach;
    this.#clock = clock;
    this.#started = clock();
  }

  /** Starts the clock. Everything reported before was done by earlier runs. */
  startClock(): void {
    this.#epochsBefore = this.epochsDone;
    this.#started = this.#clock();
  }

  /** Reports that a trial starts after this many epochs of an earlier run or attempt. */
  begin(trial: number, epochs: number): void {
    this.#epochsBefore += epochs - (this.#running.get(trial) ?? 0);
    this.#running.set(trial, epochs);
  }

  /** Reports the epochs of a trial so far, which may be fractional. */
  advance(trial: number, epochs: number): void {
    this.#running.set(trial, epochs);
  }

  /** Reports the end of a trial after this many epochs; by default, those that were reported last. */
  end(trial: number, epochs: number = this.#running.get(trial) ?? 0): void {
    this.#running.delete(trial);
    this.#endedTrials += 1;
    this.#endedEpochs += epochs;
  }

  get trialsDone(): number {
    return this.#endedTrials;
  }

  /** Number of finished epochs; may be fractional. */
  get epochsDone(): number {
    return this.#endedEpochs + this.#running.values().reduce((sum, epochs) => sum + epochs, 0);
  }

  /** Number of epochs of the whole run, as far as known. Trials that were stopped early have fewer. */
  get epochs(): number {
    return this.#endedEpochs + (this.trials - this.#endedTrials) * this.#epochsEach;
  }

  /** Remaining time in seconds, at this run's speed so far; undefined before there is a speed. */
  get timeLeft(): number | undefined {
    const doneNow = this.epochsDone - this.#epochsBefore;
    if (doneNow <= 0) return undefined;
    return ((this.#clock() - this.#started) / doneNow) * Math.max(0, this.epochs - this.epochsDone);
  }
}
