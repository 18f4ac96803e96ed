import { render } from "preact";

import type { ReportData } from "../data/report-data.ts";
import { App } from "./app.tsx";
import { applySystemTheme } from "./theme.tsx";

const stored = document.getElementById("report-data");
const place = document.getElementById("report");
if (stored === null || place === null) throw new Error("The report has no data.");
applySystemTheme();
const data: ReportData = JSON.parse(stored.textContent ?? "");
render(<App data={data} />, place);
