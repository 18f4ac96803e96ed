import { catalogs, createRootTopic, wrapText, type Topic } from "@nn/experiment";

import type { Terminal } from "./terminal.ts";

/** Largest width of lines, because longer lines are hard to read. */
const READABLE = 100;

type Look = Pick<Terminal, "width" | "colors">;

/** Formats the reference of a topic. `others` are topics with the same short name. */
export function formatTopic(topic: Topic, others: readonly Topic[], look: Look): string {
  const { bold } = look.colors;
  const { entry, example, options, entries } = topic;
  const formula = entry?.formula ?? [];
  const facts = [
    ...(entry === undefined ? [`Takes ${topic.takes}${formatDefault(topic)}.`] : []),
    ...(entry?.shapes === undefined ? [] : [`Shapes: ${entry.shapes}`]),
    ...(entry?.paper === undefined ? [] : [`Paper: ${entry.paper}`]),
    ...(entry === undefined ? [] : [`Source: ${entry.source}`]),
  ].map((fact) => formatParagraph(fact, look, "  "));
  const parts = [
    bold(topic.path),
    formatParagraph(removeMarkup(topic.description), look),
    ...(example === undefined ? [] : [indented([example])]),
    ...(formula.length === 0 ? [] : [`${bold("Formula")}\n${indented(formula)}`]),
    facts.join("\n"),
    ...(options.length === 0
      ? []
      : [`${bold(entry === undefined ? "Keys" : "Options")}\n${formatOptions(options, look)}`]),
    ...(entries.length === 0 ? [] : [`${bold("Entries")}\n${formatEntries(entries, look)}`]),
    ...(others.length === 0
      ? []
      : [formatParagraph(`See also: ${listTopicPaths(others).join(", ")}`, look, "  ")]),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** Formats the path, the description and the allowed values of each topic. */
export function formatTopics(topics: readonly Topic[], look: Look): string {
  return `${topics.map((topic) => formatOption(topic, topic.path, look, "")).join("\n")}\n`;
}

/** Formats the list of topics: the keys of the experiment file, and the entries of each catalog. */
export function formatTopicList(look: Look): string {
  const { bold } = look.colors;
  const keys = listKeysBelow(createRootTopic());
  const rows = [...catalogs.values()].map(
    ({ title, home, entries }) =>
      `${bold(title)} (${home})\n${indented([formatParagraph([...entries.keys()].join(", "), look, "  ")])}`,
  );
  const howTo = "Explain any of these: pnpm run explain training.batchSize, or optimizer.adam, or just adam.";
  return `${[
    formatParagraph(howTo, look),
    `${bold("Keys of the experiment file")}\n${indented([formatParagraph(keys.join(", "), look, "  ")])}`,
    ...rows,
  ].join("\n\n")}\n`;
}

/** Returns the paths of topics, in order. */
export function listTopicPaths(topics: readonly Topic[]): string[] {
  return topics.map(({ path }) => path);
}

/** Returns the paths of all keys in a block and in its nested blocks. */
function listKeysBelow(topic: Topic): string[] {
  return topic.options.flatMap((option) => [option.path].concat(listKeysBelow(option)));
}

function formatOptions(options: readonly Topic[], look: Look): string {
  return options.map((option) => formatOption(option, option.name, look, "  ")).join("\n");
}

function formatOption(topic: Topic, name: string, look: Look, indent: string): string {
  const { bold } = look.colors;
  const inner = `${indent}    `;
  const takes = `${topic.takes.charAt(0).toUpperCase()}${topic.takes.slice(1)}${formatDefault(topic)}.`;
  const text = formatParagraph(`${removeMarkup(topic.description)} ${takes}`.trim(), look, inner);
  const below = topic.options.map((option) => formatOption(option, option.name, look, inner));
  return [`${indent}${bold(name)}`, `${inner}${text}`, ...below].join("\n");
}

/** Formats a list of topics: each name with the first sentence of its description. */
function formatEntries(topics: readonly Topic[], look: Look): string {
  const width = Math.max(...topics.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  return topics
    .map(({ name, description }) => {
      const [first = ""] = removeMarkup(description).split(/(?<=\.)\s/, 1);
      return `  ${name.padEnd(width)}  ${formatParagraph(first, look, indent)}`;
    })
    .join("\n");
}

/**
 * Returns the text about the default. If the default is not a plain value, the description already contains
 * it.
 */
function formatDefault({ fallback, isRequired, description }: Topic): string {
  if (fallback !== undefined) return `; default ${fallback}`;
  if (isRequired) return "; required";
  return /Default: |\(default\)/.test(description) ? "" : "; optional";
}

/** Removes the backticks of Markdown. */
function removeMarkup(text: string): string {
  return text.replaceAll("`", "");
}

/**
 * Wraps a text to the terminal's width. Indents all lines except the first, which the caller has indented.
 */
function formatParagraph(text: string, { width }: Look, indent = ""): string {
  return wrapText(text, Math.min(width, READABLE) - indent.length, "").replaceAll("\n", `\n${indent}`);
}

function indented(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join("\n");
}
