import { getSequentialColor } from "../colors.ts";
import { formatCount, pluralize } from "../format.ts";
import type { ShownEvaluation } from "./shown-evaluation.ts";

/** A cell of the confusion matrix. */
export interface ConfusionCell {
  readonly truth: number;
  readonly answer: number;
}

/** Arguments of `Confusion`. */
export interface ConfusionMatrixProps {
  readonly evaluation: ShownEvaluation;
  readonly network: number;
  readonly chosen: ConfusionCell | undefined;
  readonly onChoose: (cell: ConfusionCell) => void;
}

/** The confusion matrix: rows are true classes, columns are answers. Each cell opens its images. */
export function ConfusionMatrix({ evaluation, network, chosen, onChoose }: ConfusionMatrixProps) {
  const { classes } = evaluation;
  const { confusion } = evaluation.networks[network]!;
  const mistakes = confusion.flatMap((row, truth) => row.filter((_, answer) => answer !== truth));
  const max = Math.max(1, ...mistakes);
  const short = (name: string): string => (name.length > 8 ? `${name.slice(0, 7)}…` : name);
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Confusion matrix">
      <table class="confusion">
        <thead>
          <tr>
            <td />
            <th colSpan={classes.length} scope="colgroup">
              answer of the network
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
          {confusion.map((row, truth) => (
            <tr key={classes[truth]}>
              <th scope="row" title={classes[truth]}>
                {short(classes[truth]!)}
              </th>
              {row.map((images, answer) => {
                const isRight = truth === answer;
                const strength = images === 0 ? 0 : Math.sqrt(images / max);
                return (
                  <td key={classes[answer]}>
                    <button
                      type="button"
                      disabled={images === 0}
                      aria-pressed={chosen?.truth === truth && chosen.answer === answer}
                      aria-label={
                        `${classes[truth]} answered as ${classes[answer]}: ` + pluralize(images, "image")
                      }
                      style={
                        isRight
                          ? { background: "var(--faint)", color: "var(--soft)" }
                          : {
                              background: images === 0 ? "transparent" : getSequentialColor(strength),
                              color: strength > 0.62 ? "var(--on-high)" : "var(--ink)",
                            }
                      }
                      onClick={() => onChoose({ truth, answer })}
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
