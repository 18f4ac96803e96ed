/** The colors of the charts, as variables of the style sheet. They change with the theme. */
export const colors = {
  ink: "var(--ink)",
  soft: "var(--soft)",
  line: "var(--line)",
  card: "var(--card)",
  blue: "var(--blue)",
  orange: "var(--orange)",
  teal: "var(--teal)",
  purple: "var(--purple)",
  gray: "var(--gray)",
} as const;

/** The color of each status of a trial. */
export const statusColors = {
  completed: colors.blue,
  pruned: colors.gray,
  diverged: colors.orange,
  failed: colors.purple,
} as const;

/** Returns the color of 0 … 1 on the sequential scale, from faint to strong. */
export function getSequentialColor(t: number): string {
  return t <= 0.5 ? mix("--low", "--middle", 2 * t) : mix("--middle", "--high", 2 * t - 1);
}

/** Returns the color of −1 … 1 on the diverging scale. */
export function getDivergingColor(t: number): string {
  return t < 0 ? mix("--neutral", "--negative", -t) : mix("--neutral", "--positive", t);
}

function mix(from: string, to: string, share: number): string {
  const percent = Math.round(1000 * Math.min(1, Math.max(0, share))) / 10;
  return `color-mix(in oklab, var(${to}) ${percent}%, var(${from}))`;
}
