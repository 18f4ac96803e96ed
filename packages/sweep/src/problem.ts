/** Something wrong with a sweep, as data: whoever has the experiment file says where in it that is. */
export interface Problem {
  /** Keys and indices that lead to it; from what is said where the problem is made. */
  readonly path: readonly (string | number)[];
  /** What was expected, what came, what to do. */
  readonly message: string;
}
