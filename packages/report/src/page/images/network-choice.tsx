import { useEffect, useState } from "preact/hooks";

import type { EvaluationData } from "../../data/network-data.ts";
import type { ReportData } from "../../data/report-data.ts";
import { useReport } from "../selection.ts";
import { describeConfiguration } from "../trials/configurations.ts";

/** A chosen network, as an index of `evaluation.networks`. */
export interface NetworkChoice {
  readonly chosen: number;
  readonly choose: (network: number) => void;
  /** The networks whose trials are selected; all if none is. */
  readonly offered: readonly number[];
}

/** Keeps a chosen network: at first the one of rank `initial` among those that are selected. */
export function useNetworkChoice(evaluation: EvaluationData, initial = 0): NetworkChoice {
  const { selection } = useReport();
  const selected = new Set(selection.trials.map(({ number }) => number));
  const all = evaluation.networks.map((_, index) => index);
  const within = all.filter((index) => selected.has(evaluation.networks[index]!.trial));
  const offered = within.length > initial ? within : all;
  const [wanted, choose] = useState<number>();
  const chosen = wanted !== undefined && offered.includes(wanted) ? wanted : offered[initial]!;
  useEffect(() => {
    if (wanted !== undefined && !offered.includes(wanted)) choose(undefined);
  });
  return { chosen, choose: (network) => choose(network), offered };
}

/** Lets the reader choose a network, if there are several. */
export function NetworkSelect({
  evaluation,
  label,
  choice: { chosen, choose, offered },
}: {
  readonly evaluation: EvaluationData;
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

/** Returns a network in words: its trial, its swept values and its seed. */
export function formatNetworkName(data: ReportData, { networks }: EvaluationData, index: number): string {
  const number = networks[index]!.trial;
  const trial = data.trials.find((each) => each.number === number);
  if (trial === undefined) return `trial ${number}`;
  const values = data.parameters.length === 0 ? "" : `: ${describeConfiguration(data, trial.values)}`;
  return `trial ${number}${values}, seed ${trial.seed}`;
}
