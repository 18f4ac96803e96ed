import type { ComponentType } from "preact";
import { useMemo } from "preact/hooks";

import type { ReportData } from "../data/report-data.ts";
import { useShownEvaluation } from "./images/shown-evaluation.ts";
import { ReportContext, useSelection } from "./selection.ts";
import { LearningCurves, hasLearningCurves } from "./sections/learning-curves.tsx";
import { TrialDifference, hasNetworkPairs } from "./sections/trial-difference.tsx";
import { DrawingCanvas } from "./sections/drawing-canvas.tsx";
import { Summary } from "./sections/summary.tsx";
import { hasImportance, Importance } from "./sections/importance.tsx";
import { hasNetwork, NetworkInternals } from "./sections/network-internals.tsx";
import { hasMistakes, Mistakes } from "./sections/mistakes.tsx";
import { Reproduction } from "./sections/reproduction.tsx";
import { hasRuns, Runs } from "./sections/runs.tsx";
import { isSweep, Search, TrialSelection } from "./sections/search.tsx";
import { hasTrials, Trials } from "./sections/trials.tsx";
import { Calibration } from "./sections/calibration.tsx";
import { ThemeButton } from "./theme.tsx";

/** A section of the page. */
export interface PageSection {
  readonly id: string;
  /** Its name in the navigation bar. */
  readonly name: string;
  readonly isShown: (data: ReportData) => boolean;
  readonly content: ComponentType;
}

const sections: readonly PageSection[] = [
  { id: "runs", name: "Runs", isShown: hasRuns, content: Runs },
  { id: "trials", name: "Trials", isShown: hasTrials, content: Trials },
  { id: "settings", name: "Settings", isShown: isSweep, content: TrialSelection },
  { id: "importance", name: "Importance", isShown: hasImportance, content: Importance },
  { id: "search", name: "Search", isShown: isSweep, content: Search },
  { id: "curves", name: "Learning curves", isShown: hasLearningCurves, content: LearningCurves },
  { id: "mistakes", name: "Mistakes", isShown: hasMistakes, content: Mistakes },
  { id: "calibration", name: "Calibration", isShown: hasMistakes, content: Calibration },
  { id: "network", name: "Network", isShown: hasNetwork, content: NetworkInternals },
  { id: "compare", name: "Compare", isShown: hasNetworkPairs, content: TrialDifference },
  { id: "draw", name: "Draw", isShown: hasNetwork, content: DrawingCanvas },
  { id: "reproduce", name: "Reproduce", isShown: () => true, content: Reproduction },
];

/** Returns the sections that have content, in the order of the page. */
export function listSections(data: ReportData): PageSection[] {
  return sections.filter(({ isShown }) => isShown(data));
}

/** The whole page. Sections without content are left out. */
export function App({ data }: { readonly data: ReportData }) {
  const selection = useSelection(data);
  const { evaluation, showSet } = useShownEvaluation(data);
  const shown = useMemo(() => listSections(data), [data]);
  return (
    <ReportContext.Provider value={{ data, selection, evaluation, showSet }}>
      <a class="skip" href="#main">
        Skip to the report
      </a>
      <div class="bar">
        <div>
          <nav aria-label="Sections">
            {shown.map(({ id, name }) => (
              <a key={id} href={`#${id}`}>
                {name}
              </a>
            ))}
          </nav>
          <ThemeButton />
        </div>
      </div>
      <main class="page" id="main" tabIndex={-1}>
        <Summary />
        {shown.map(({ id, content: Content }) => (
          <section key={id} id={id}>
            <Content />
          </section>
        ))}
        <footer>
          {data.run} · made by <code>pnpm run report</code>. The file needs no network.
        </footer>
      </main>
    </ReportContext.Provider>
  );
}
