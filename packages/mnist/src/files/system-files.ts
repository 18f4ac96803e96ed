import { basename } from "@nn/platform/path";

/**
 * Lower-case names of files that operating systems and programs create in folders, besides hidden files
 * (.DS_Store, ._1.png).
 */
const LEFT_BEHIND: ReadonlySet<string> = new Set([
  "thumbs.db",
  "ehthumbs.db",
  "desktop.ini",
  "__macosx",
  "icon\r",
  "$recycle.bin",
  "system volume information",
  "lost+found",
  "@eadir",
]);

/** Whether a file or folder with this name was created by the system. */
export function isSystemFile(name: string): boolean {
  return name.startsWith(".") || LEFT_BEHIND.has(name.toLowerCase());
}

/** Maximum number of names that a notice lists. */
const MAX_LISTED = 5;

/**
 * Returns a notice about skipped files: `ignored files that are not images of a class: desktop.ini, 2 ×
 * Thumbs.db`. Returns an empty array if there are none.
 */
export function getSkippedFileNotices(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const counts = new Map<string, number>();
  for (const path of paths) {
    const name = basename(path).replace("\r", "");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const listed = [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  const more = listed.length - MAX_LISTED;
  const names = [...listed.slice(0, MAX_LISTED), ...(more > 0 ? [`${more} more names`] : [])].join(", ");
  return [`ignored files that are not images of a class: ${names}`];
}
