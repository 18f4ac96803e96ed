import { getSequentialColor } from "../colors.ts";
import { formatCount, pluralize } from "../format.ts";
import type { ShownEvaluation } from "./shown-evaluation.ts";

/** A cell of the confusion matrix. */
export interface ConfusionCell {
  readonly actual: number;
  readonly predicted: number;
}

/** Arguments of `ConfusionMatrix`. */
export interface ConfusionMatrixProps {
  readonly evaluation: ShownEvaluation;
  readonly network: number;
  readonly chosen: ConfusionCell | undefined;
  readonly onChoose: (cell: ConfusionCell) => void;
}

/**
 * The confusion matrix: rows are true classes, columns are predicted classes. Clicking a cell shows its
 * images.
 */
export function ConfusionMatrix({ evaluation, network, chosen, onChoose }: ConfusionMatrixProps) {
  const { classes } = evaluation;
  const { confusion } = evaluation.networks[network]!;
  const mistakes = confusion.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual));
  const max = Math.max(1, ...mistakes);
  const short = (name: string): string => (name.length > 8 ? `${name.slice(0, 7)}…` : name);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="confusion">
        <thead>
          <tr>
            <td />
            <th colSpan={classes.length} scope="colgroup">
              predicted class
            </th>
          </tr>
          <tr>
            <th scope="col">true class</th>
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                {short(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {confusion.map((row, actual) => (
            <tr key={classes[actual]}>
              <th scope="row" title={classes[actual]}>
                {short(classes[actual]!)}
              </th>
              {row.map((images, predicted) => {
                const isRight = actual === predicted;
                const strength = images === 0 ? 0 : Math.sqrt(images / max);
                return (
                  <td key={classes[predicted]}>
                    <button
                      type="button"
                      disabled={images === 0}
                      aria-pressed={chosen?.actual === actual && chosen.predicted === predicted}
                      aria-label={
                        `${classes[actual]} predicted as ${classes[predicted]}: ` + pluralize(images, "image")
                      }
                      style={
                        isRight
                          ? { background: "var(--faint)", color: "var(--soft)" }
                          : {
                              background: images === 0 ? "transparent" : getSequentialColor(strength),
                              color: strength > 0.62 ? "var(--on-high)" : "var(--ink)",
                            }
                      }
                      onClick={() => onChoose({ actual, predicted })}
                    >
                      {images === 0 ? "·" : formatCount(images)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
