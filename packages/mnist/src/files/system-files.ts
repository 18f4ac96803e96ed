import { basename } from "@nn/platform/path";

/**
 * What systems and programs leave in folders, beside names that begin with a dot (.DS_Store, ._1.png):
 * compared in small letters.
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

/** Whether a file or folder of this name is the system's and no person's. */
export function isLeftBehind(name: string): boolean {
  return name.startsWith(".") || LEFT_BEHIND.has(name.toLowerCase());
}

/** Names that a notice lists. */
const MOST_LISTED = 5;

/**
 * `passed over 3 files that hold no images of a class: desktop.ini, 2 × Thumbs.db`; none where there are
 * none.
 */
export function passedOverNotices(paths: readonly string[]): string[] {
  if (paths.length === 0) return [];
  const counts = new Map<string, number>();
  for (const path of paths) {
    const name = basename(path).replace("\r", "");
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const listed = [...counts].map(([name, count]) => (count === 1 ? name : `${count} × ${name}`));
  const more = listed.length - MOST_LISTED;
  const names = [...listed.slice(0, MOST_LISTED), ...(more > 0 ? [`${more} more names`] : [])].join(", ");
  return [`passed over what is no image of a class: ${names}`];
}
