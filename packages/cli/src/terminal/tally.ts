/**
 * How much of a run is done, in epochs: the bar and the time left go by it. What earlier runs have done
 * counts as done, but says nothing of this run's speed.
 */
export class TrialCounts {
  readonly trials: number;
  readonly #epochsEach: number;
  readonly #clock: () => number;
  #started: number;
  /** Epochs that were done before the clock was started. */
  #epochsBefore = 0;
  /** Trial → its epochs so far, with the part of the one in training. */
  readonly #running = new Map<number, number>();
  #endedTrials = 0;
  #endedEpochs = 0;

  /** `epochsEach`: of a trial that nothing stops early. `clock`: seconds. */
  constructor(trials: number, epochsEach: number, clock: () => number) {
    this.trials = trials;
    this.#epochsEach = epochsEach;
    this.#clock = clock;
    this.#started = clock();
  }

  /** All that has been said so far was done by earlier runs. */
  startClock(): void {
    this.#epochsBefore = this.epochsDone;
    this.#started = this.#clock();
  }

  /** The trial's training is taken up after that many epochs, which an earlier run or attempt has done. */
  begin(trial: number, epochs: number): void {
    this.#epochsBefore += epochs - (this.#running.get(trial) ?? 0);
    this.#running.set(trial, epochs);
  }

  /** The trial has trained that many epochs, the last perhaps in part. */
  advance(trial: number, epochs: number): void {
    this.#running.set(trial, epochs);
  }

  /** The trial has ended, however, after that many epochs, or those that are known of. */
  end(trial: number, epochs: number = this.#running.get(trial) ?? 0): void {
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

  /** Of the whole run, as far as is known: trials that were stopped early have fewer. */
  get epochs(): number {
    return this.#endedEpochs + (this.trials - this.#endedTrials) * this.#epochsEach;
  }

  /** In seconds, at the speed of this run so far; undefined before anything is known of it. */
  get timeLeft(): number | undefined {
    const doneNow = this.epochsDone - this.#epochsBefore;
    if (doneNow <= 0) return undefined;
    return ((this.#clock() - this.#started) / doneNow) * Math.max(0, this.epochs - this.epochsDone);
  }
}
