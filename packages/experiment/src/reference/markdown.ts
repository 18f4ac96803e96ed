import { catalogs, type Catalog } from "./catalogs.ts";
import { createRootTopic, type Topic } from "./topics.ts";
import { wrapText } from "./wrap.ts";

/** Maximum width of lines. The formatter does not change it. */
const WIDTH = 110;

/** The page of the keys that are in no catalog; `INDEX_PAGE` lists all pages. */
const FILE_PAGE = "experiment";
const INDEX_PAGE = "README";

const GENERATED =
  "Written by `pnpm run schema` from the definitions and schemas that check experiment files: do not edit it.";

const OWN_FILES = "`type` can also be the path of a custom file: see [custom parts](../custom-parts.md).";

/** Returns the pages of docs/reference/ by file name: the keys of an experiment file and every catalog. */
export function createReferencePages(): ReadonlyMap<string, string> {
  const root = createRootTopic();
  const homes = [...catalogs.values()].map((catalog) => ({ catalog, topic: findHome(catalog, root) }));
  return new Map([
    [`${INDEX_PAGE}.md`, createIndexPage(root, homes)],
    [`${FILE_PAGE}.md`, createFilePage(root)],
    ...homes.map(({ catalog, topic }) => [`${catalog.page}.md`, createCatalogPage(catalog, topic)] as const),
  ]);
}

/** Returns the topic of the key at the home of a catalog. */
function findHome({ home }: Catalog, root: Topic): Topic {
  return home
    .split(".")
    .reduce((topic, key) => topic.options.find(({ name }) => name === key) ?? topic, root);
}

function createIndexPage(root: Topic, homes: readonly { catalog: Catalog; topic: Topic }[]): string {
  const keys = root.options.map(({ name }) => `[${name}](${FILE_PAGE}.md#${name})`);
  const rows = homes.map(({ catalog, topic }) => {
    const links = topic.entries.map(({ name }) => `[${name}](${catalog.page}.md#${name})`);
    return formatItem(`[${catalog.title}](${catalog.page}.md), \`${catalog.home}\`: ${links.join(", ")}`);
  });
  return page([
    "# Reference",
    wrapText(
      "Every key of an experiment file and every entry of the catalogs. " +
        "[Experiment files](../experiments.md) explains how to combine them. " +
        "`pnpm run explain optimizer.adam` prints the same in the terminal, for any key or entry.",
      WIDTH,
    ),
    wrapText(GENERATED, WIDTH),
    "## Contents",
    [formatItem(`[The experiment file](${FILE_PAGE}.md): ${keys.join(", ")}`), ...rows].join("\n"),
  ]);
}

function createFilePage(root: Topic): string {
  const contents = root.options.map(({ name }) => `[${name}](#${name})`).join(" · ");
  const opening =
    "The keys of an experiment file. A required key must be in the file or in one that it extends.";
  const sections = root.options.flatMap((topic) => [`## ${topic.name}`, ...describeKey(topic)]);
  return page(["# The experiment file", wrapText(opening, WIDTH), wrapText(contents, WIDTH), ...sections]);
}

function describeKey(topic: Topic): string[] {
  const { example, options } = topic;
  return [
    wrapText(formatProse(topic.description), WIDTH),
    ...(example === undefined ? [] : [fence("yaml", [example])]),
    formatItem(toSentence(`${formatTakes(topic)}${formatDefault(topic)}`)),
    ...(options.length === 0 ? [] : ["Keys:", optionList(options, FILE_PAGE)]),
  ];
}

function createCatalogPage(catalog: Catalog, topic: Topic): string {
  const shared = findSharedOptions(topic);
  const contents = topic.entries.map(({ name }) => `[${name}](#${name})`).join(" · ");
  return page([
    `# ${catalog.title}`,
    wrapText(`\`${catalog.home}\`: ${formatProse(topic.description)} Takes ${topic.takes}.`, WIDTH),
    ...(topic.takesFiles ? [wrapText(OWN_FILES, WIDTH)] : []),
    wrapText(contents, WIDTH),
    ...topic.entries.flatMap((entry) => [`## ${entry.name}`, ...describeEntry(entry, catalog, shared)]),
    ...(shared.size === 0 ? [] : ["## Options of several entries", ...describeShared(shared, catalog)]),
  ]);
}

function describeEntry(topic: Topic, catalog: Catalog, shared: SharedOptions): string[] {
  const { description, example, entry, options } = topic;
  const { formula = [], shapes, paper, source = "" } = entry ?? {};
  const facts = [
    ...(shapes === undefined ? [] : [formatItem(`Shapes: \`${shapes}\``)]),
    ...(paper === undefined ? [] : [formatItem(`Paper: ${formatProse(paper)}`)]),
    formatItem(`Source: [${source}](../../${source})`),
  ];
  return [
    wrapText(formatProse(description), WIDTH),
    ...(example === undefined ? [] : [fence("yaml", [example])]),
    ...(formula.length === 0 ? [] : [fence("text", formula)]),
    facts.join("\n"),
    ...(options.length === 0 ? ["No options."] : ["Options:", optionList(options, catalog.page, shared)]),
  ];
}

/** The block options that several entries of a catalog share, keyed by their options as text. */
type SharedOptions = ReadonlyMap<string, Topic>;

function findSharedOptions({ entries }: Topic): SharedOptions {
  const blocks = entries.flatMap(({ options }) => options.filter((option) => option.options.length > 0));
  const alike = Map.groupBy(blocks, formatKeys);
  return new Map(
    [...alike].filter(([, topics]) => topics.length > 1).map(([keys, [first]]) => [keys, first!]),
  );
}

function formatKeys({ options }: Topic): string {
  return JSON.stringify(options.map(({ name, takes, description }) => [name, takes, description]));
}

function describeShared(shared: SharedOptions, { page }: Catalog): string[] {
  return [...shared.values()].flatMap((topic) => [
    `### ${topic.name}`,
    wrapText(formatProse(topic.description), WIDTH),
    optionList(topic.options, page),
  ]);
}

function optionList(options: readonly Topic[], page: string, shared: SharedOptions = new Map()): string {
  return options.map((option) => formatOption(option, page, shared)).join("\n");
}

function formatOption(topic: Topic, page: string, shared: SharedOptions): string {
  const home = shared.get(formatKeys(topic));
  const what = home === undefined ? formatTakes(topic) : `a block, see [${home.name}](#${home.name})`;
  const words = `\`${topic.name}\`: ${formatProse(topic.description)} ${toSentence(what + formatDefault(topic))}`;
  const isFileKey = page === FILE_PAGE && topic.options.length === 0 && topic.example !== undefined;
  const example = isFileKey ? [`  \`${topic.example}\``] : [];
  const below = home === undefined ? topic.options.map((each) => formatOption(each, page, shared)) : [];
  return [formatItem(words), ...example, ...below.flatMap((text) => text.replaceAll(/^/gm, "  "))].join("\n");
}

function formatTakes({ catalog, takes }: Topic): string {
  if (catalog === undefined) return formatProse(takes);
  return `${takes}: [${catalog.title.toLowerCase()}](${catalog.page}.md)`;
}

/** Returns the text about the default. A description states the default itself if it is not a plain value. */
function formatDefault({ fallback, isRequired, description }: Topic): string {
  if (fallback !== undefined) return `; default \`${fallback}\``;
  if (isRequired) return "; required";
  return description.includes("Default: ") || description.includes("(default)") ? "" : "; optional";
}

function toSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function formatItem(text: string): string {
  return `- ${wrapText(text.replaceAll(/\s+/g, " ").trim(), WIDTH - 2, "  ")}`;
}

function fence(language: string, lines: readonly string[]): string {
  return `\`\`\`${language}\n${lines.join("\n")}\n\`\`\``;
}

function page(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

/** Escapes plain text for Markdown, except for code between backticks. */
function formatProse(text: string): string {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll(/[\\*_<[\]|]/g, String.raw`\$&`)))
    .join("`");
}
