import { useEffect, useState } from "preact/hooks";

import type { ReportData } from "../../data/report-data.ts";
import { useReport } from "../selection.ts";
import { describeConfiguration } from "../trials/configurations.ts";
import type { ShownEvaluation } from "./shown-evaluation.ts";

/** A chosen network, as an index of `evaluation.networks`. */
export interface NetworkChoice {
  readonly chosen: number;
  readonly choose: (network: number) => void;
  /** The networks whose trials are selected; all networks if no trial is selected. */
  readonly offered: readonly number[];
}

/** Stores the chosen network. Initially, it is number `initial` of the selected networks. */
export function useNetworkChoice(evaluation: ShownEvaluation, initial = 0): NetworkChoice {
  const { selection } = useReport();
  const selected = new Set(selection.trials.map(({ number }) => number));
  const all = evaluation.networks.map((_, index) => index);
  const within = all.filter((index) => selected.has(evaluation.networks[index]!.trial));
  const offered = within.length > initial ? within : all;
  // Stores the trial and not the index, because the sets of images can have different networks.
  const [wanted, setWanted] = useState<number>();
  const found = offered.find((index) => evaluation.networks[index]!.trial === wanted);
  const chosen = found ?? offered[initial] ?? offered[0]!;
  useEffect(() => {
    if (wanted !== undefined && found === undefined) setWanted(undefined);
  });
  return { chosen, choose: (network) => setWanted(evaluation.networks[network]!.trial), offered };
}

/** A menu of the networks, if there are several. */
export function NetworkSelect({
  evaluation,
  label,
  choice: { chosen, choose, offered },
}: {
  readonly evaluation: ShownEvaluation;
  readonly label: string;
  readonly choice: NetworkChoice;
}) {
  const { data } = useReport();
  if (evaluation.networks.length < 2) return null;
  return (
    <label>
      {label}
      <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {offered.map((index) => (
          <option key={index} value={index}>
            {formatNetworkName(data, evaluation, index)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Describes a network by its trial, its swept values and its seed. */
export function formatNetworkName(data: ReportData, { networks }: ShownEvaluation, index: number): string {
  const number = networks[index]!.trial;
  const trial = data.trials.find((each) => each.number === number);
  if (trial === undefined) return `trial ${number}`;
  const values = data.parameters.length === 0 ? "" : `: ${describeConfiguration(data, trial.values)}`;
  return `trial ${number}${values}, seed ${trial.seed}`;
}
