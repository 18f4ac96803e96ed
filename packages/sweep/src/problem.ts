/** A problem of a sweep, as data. The caller finds its position in the experiment file. */
export interface Problem {
  /** Keys and indices that lead to it. The function that returns the problem says where the path starts. */
  readonly path: readonly (string | number)[];
  /** What was expected, what was found and what to do. */
  readonly message: string;
}
