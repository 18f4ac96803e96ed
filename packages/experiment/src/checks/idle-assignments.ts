import { formatPath, parsePath, type Path } from "@nn/training";

/**
 * Returns notices about `--set` assignments that have no effect: a later one replaces them, or the sweep sets
 * their path in every trial. `sweptPaths`: the keys of sweep.parameters. The assignments are valid.
 */
export function noticeIdleAssignments(
  assignments: readonly string[],
  sweptPaths: readonly string[],
): string[] {
  const paths = assignments.map((text) => toPath(text.slice(0, text.indexOf("="))));
  return assignments.flatMap((text, index) => {
    const path = paths[index]!;
    const later = paths.findIndex((other, at) => at > index && startsWith(path, other));
    if (later >= 0)
      return `--set ${text} has no effect, because the later --set ${assignments[later]} replaces it`;
    const swept = sweptPaths.find((each) => startsWith(path, toPath(each)));
    if (swept === undefined) return [];
    return (
      `--set ${text} has no effect, because the sweep sets ${swept} in every trial. To train with one value, set ` +
      `sweep.parameters["${swept}"] to a list of this value`
    );
  });
}

function toPath(text: string): Path {
  const path = parsePath(text);
  return path.ok ? path.steps.map(({ step }) => step) : [];
}

/** Whether a path is at or below another one. */
function startsWith(path: Path, start: Path): boolean {
  return start.length > 0 && formatPath(path.slice(0, start.length)) === formatPath(start);
}
