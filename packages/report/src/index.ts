export { createReport, isReport, type PageFiles } from "./create-report.ts";
export type * from "./data/report-data.ts";
export type * from "./data/network-data.ts";
export { pageEntry, pageStyle } from "./page-sources.ts";
