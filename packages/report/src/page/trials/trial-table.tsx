import { useMemo, useState } from "preact/hooks";

import { formatCount, pluralize } from "../format.ts";
import { saveFile } from "../save-file.ts";
import { useReport } from "../selection.ts";
import { createColumns, searchTrials, sortTrials, formatTrialsCsv } from "./columns.ts";

/** The selected trials as a table that can be sorted, searched and saved. */
export function TrialTable() {
  const { data, selection } = useReport();
  const columns = useMemo(() => createColumns(data), [data]);
  const [sorting, setSorting] = useState<{ readonly id: string; readonly descending: boolean }>({
    id: data.metric,
    descending: data.goal === "maximize",
  });
  const [text, setText] = useState("");
  const [status, setStatus] = useState("");
  const statuses = [...new Set(data.trials.map((trial) => trial.status))];
  const shown = useMemo(() => {
    const column = columns.find(({ id }) => id === sorting.id) ?? columns[0]!;
    const chosen = selection.trials.filter((trial) => status === "" || trial.status === status);
    return sortTrials(searchTrials(chosen, columns, text), column, sorting.descending);
  }, [columns, selection.trials, sorting, text, status]);
  const winner = data.configurations.length > 1 ? data.configurations[0]?.index : undefined;
  return (
    <div class="card table-card">
      <div class="controls">
        <label>
          Filter
          <input
            type="search"
            value={text}
            placeholder="any text"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        {statuses.length > 1 && (
          <label>
            Status
            <select value={status} onChange={(event) => setStatus(event.currentTarget.value)}>
              <option value="">all</option>
              {statuses.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
        <span class="filtered" role="status">
          {formatCount(shown.length)} of {pluralize(data.trials.length, "trial")}
        </span>
        {selection.isFiltered && (
          <button type="button" onClick={selection.clear}>
            Show all
          </button>
        )}
        <span class="spacer" />
        <button
          type="button"
          onClick={() => saveFile(`${data.name}-trials.csv`, formatTrialsCsv(shown, columns), "text/csv")}
        >
          Save as CSV
        </button>
      </div>
      <div class="scroll tall" tabIndex={0} role="region" aria-label="Table of trials">
        <table class="trials">
          <thead>
            <tr>
              {columns.map(({ id, head, isText }) => {
                const isSorted = sorting.id === id;
                const order = sorting.descending ? "descending" : "ascending";
                return (
                  <th key={id} scope="col" class={isText ? "text" : ""} aria-sort={isSorted ? order : "none"}>
                    <button
                      type="button"
                      title={id}
                      onClick={() => setSorting({ id, descending: isSorted ? !sorting.descending : !isText })}
                    >
                      {head}
                      <span aria-hidden="true">{isSorted ? (sorting.descending ? " ↓" : " ↑") : ""}</span>
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((trial) => (
              <tr key={trial.number} class={trial.configuration === winner ? "best" : ""}>
                {columns.map(({ id, isText, value, format }) => {
                  const cell = format(value(trial));
                  return (
                    <td key={id} class={isText ? "text wide" : ""} title={isText ? cell : undefined}>
                      {cell}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
