/**
 * A mistake in a `sweep` block, as data. The caller converts its path to a position in the experiment file.
 */
export interface Problem {
  /**
   * Path to the mistake, as keys and indices. The function that returns the problem documents where the path
   * starts.
   */
  readonly path: readonly (string | number)[];
  /** What was expected, what was found and what to do. */
  readonly message: string;
}
