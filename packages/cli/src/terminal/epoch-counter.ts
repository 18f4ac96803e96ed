/**
 * Counts the finished epochs of a run, for the progress bar and the remaining time. Epochs of earlier runs
 * count as done, but do not affect the speed of this run.
 */
export class EpochCounter {
  readonly trials: number;
  readonly #epochsEach: number;
  readonly #clock: () => number;
  #started: number;
  /** Number of finished epochs that this run did not train. */
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

  /** Starts the clock. All epochs reported before were trained by earlier runs. */
  startClock(): void {
    this.#epochsBefore = this.epochsDone;
    this.#started = this.#clock();
  }

  /** Reports that a trial starts or resumes after this many epochs. */
  begin(trial: number, epochs: number): void {
    this.#epochsBefore += epochs - (this.#running.get(trial) ?? 0);
    this.#running.set(trial, epochs);
  }

  /** Reports the number of epochs of a trial so far, which may be fractional. */
  advance(trial: number, epochs: number): void {
    this.#running.set(trial, epochs);
  }

  /** Reports the end of a trial after this many epochs. Default: the last reported number. */
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

  /**
   * Estimated number of epochs of the run. Trials that have ended contribute the epochs that they trained.
   */
  get epochs(): number {
    return this.#endedEpochs + (this.trials - this.#endedTrials) * this.#epochsEach;
  }

  /** Remaining seconds at the speed of this run so far; undefined before the first progress. */
  get timeLeft(): number | undefined {
    const doneNow = this.epochsDone - this.#epochsBefore;
    if (doneNow <= 0) return undefined;
    return ((this.#clock() - this.#started) / doneNow) * Math.max(0, this.epochs - this.epochsDone);
  }
}
