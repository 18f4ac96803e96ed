import { findTopics } from "@nn/experiment";
import { toPrintableLine } from "@nn/platform/printable";

import { formatTopicList, formatTopic, formatTopics, listTopicPaths } from "../terminal/explanation.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Maximum number of characters of the requested path in a message. No valid path is longer. */
const MAX_SHOWN_LENGTH = 100;

/**
 * Runs `explain PATH`: prints the reference of a key of the experiment file or of a catalog entry. PATH is
 * its path or a unique short name. Without PATH, prints the list of topics. Returns the exit code: 0, or 2 if
 * no topic is found or the short name is not unique.
 */
export function explainCommand(path: string | undefined, terminal: Terminal): number {
  const { out, err } = terminal;
  // The requested path, on one line and without control characters.
  const asked = JSON.stringify(path?.slice(0, MAX_SHOWN_LENGTH));
  if (path === undefined) {
    out.write(formatTopicList(terminal));
    return 0;
  }
  const found = findTopics(path);
  switch (found.kind) {
    case "one":
      out.write(formatTopic(found.topic, found.others, terminal));
      return 0;
    case "each":
      out.write(
        `${toPrintableLine(path)} is an option of several entries:\n\n${formatTopics(found.topics, terminal)}`,
      );
      return 0;
    case "several":
      err.write(
        `error: ${asked} matches several keys or entries. Choose one of them:\n` +
          listTopicPaths(found.topics)
            .map((each) => `  pnpm run explain ${each}\n`)
            .join(""),
      );
      return 2;
    case "none": {
      const { alias, advice } = found;
      if (alias !== undefined && findTopics(alias).kind !== "none") {
        err.write(`notice: ${asked} is called ${JSON.stringify(alias)}\n`);
        return explainCommand(alias, terminal);
      }
      // If the alias names the entry, other similar names do not help.
      const nearest = found.nearest.filter(
        (each) => advice === undefined || advice.includes(`"${each.split(".").at(-1)}"`),
      );
      const guesses = nearest.map((each) => `"${each}"`).join(", ");
      err.write(
        `error: there is no key or entry ${asked}\n` +
          (guesses === "" ? "" : `  did you mean ${guesses}?\n`) +
          (advice === undefined ? "" : `  ${advice}\n`) +
          "  Run `pnpm run explain` to list all keys and entries.\n",
      );
      return 2;
    }
  }
}
