import { useId } from "preact/hooks";

import { useReport } from "../selection.ts";

/** Switches the whole page between the validation and the test images. */
export function ImageSetSwitch() {
  const name = useId();
  const { data, evaluation, showSet } = useReport();
  const sets = data.evaluation!.sets;
  if (sets.length < 2) return null;
  return (
    <fieldset class="switch">
      <legend>Images</legend>
      <div>
        {sets.map(({ set }) => (
          <label key={set}>
            <input
              type="radio"
              name={name}
              value={set}
              checked={set === evaluation!.set}
              onChange={() => showSet(set)}
            />
            <span>{set}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
