export { writeFileAtomically, writeFilesAtomically } from "./atomic-write.ts";
export {
  toFileSystemError,
  wrapFileSystemErrors,
  RunDirectoryError,
  type RunDirectoryErrorCode,
} from "./errors.ts";
export * from "./events.ts";
export { readJournal } from "./journal.ts";
export { isLocked } from "./lock.ts";
export { readLatestRun } from "./latest.ts";
export { parseCsv, type ParsedRecord } from "./tables/parse-table.ts";
export { readResults, type ResultRow, type Results } from "./tables/read-results.ts";
export {
  applyEvent,
  countCompletedEpochs,
  collectTrialRecords,
  type EpochRecord,
  type TrialRecord,
} from "./records.ts";
export {
  checkRecordedData,
  findRecordedData,
  isSameData,
  openRunDirectory,
  type RunDirectory,
  type RunDirectoryOptions,
} from "./run-directory.ts";
export {
  decodeSafetensors,
  encodeSafetensors,
  readRunFile,
  readSafetensors,
  writeSafetensors,
  type StoredTensor,
  type TensorFile,
} from "./safetensors/safetensors.ts";
export { formatCsv } from "./tables/format-csv.ts";
