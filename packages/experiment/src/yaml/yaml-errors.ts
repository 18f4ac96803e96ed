import type { YAMLError } from "yaml";

interface Explained {
  readonly message: string;
  readonly expected?: string;
  readonly advice?: string;
}

const LONGEST_QUOTE = 120;

/** The explanation for blocks that are nested too deeply. */
export const nestingTooDeep: Explained = {
  message: "blocks are nested too deeply",
  expected: "an experiment of a page or two",
  advice: "Check the indentation and the brackets.",
};

/** Explains an error of the parser: the mistake and how to correct it. */
export function explainYamlError({ code, message, pos }: YAMLError, text: string): Explained {
  const at = text[pos[0]] ?? "";
  switch (code) {
    case "TAB_AS_INDENT":
      return {
        message: "this line is indented with a tab",
        expected: "spaces",
        advice: "Replace the tab by two spaces.",
      };
    case "TAG_RESOLVE_FAILED":
      return {
        message: `the tag ${truncate(text.slice(...pos))} is not supported`,
        expected: "a plain value",
        advice: 'Remove the tag; put text that begins with "!" in quotes.',
      };
    case "BAD_SCALAR_START":
      return {
        message: `a value cannot begin with ${at}`,
        expected: "a plain value",
        advice: "Put it in quotes if it is text.",
      };
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
      return {
        message: "this does not fit the lines around it",
        expected: "one key and its value per line, with the keys of a block below each other",
        advice: 'Check the indentation and the ":" after the key; put text that contains ": " in quotes.',
      };
    case "BAD_INDENT":
      return /end with a [\]}]/.test(message)
        ? explainUnclosed(message)
        : {
            message: lowerFirstLetter(message),
            expected: "the keys of a block below each other",
            advice: "Check the indentation.",
          };
    case "MISSING_CHAR":
      if (/end with a [\]}]/.test(message)) return explainUnclosed(message);
      if (/quote/.test(message)) {
        return {
          message: "this text is not closed",
          expected: `${message.includes('"') ? '"' : "'"} at its end`,
          advice: "Add the quote.",
        };
      }
      if (/Implicit map keys/.test(message)) {
        return {
          message: "this line has no value",
          expected: '"key: value"',
          advice: 'Add a ":" and a value.',
        };
      }
      if (/Missing , or : between/.test(message)) return explainUnseparated(pos[0], text);
      return { message: lowerFirstLetter(message), advice: "Add it." };
    case "BLOCK_IN_FLOW":
      return {
        message: "a comma is missing between two entries in brackets",
        expected: '"," between two entries',
        advice: "Add it, or put text that has a colon in quotes.",
      };
    case "DUPLICATE_KEY":
      return {
        message: "this key is duplicated",
        expected: "each key once",
        advice: "Remove one of the two.",
      };
    case "BAD_DIRECTIVE":
      return { message: lowerFirstLetter(message), advice: "Remove this line." };
    case "ALIAS_PROPS":
    case "BAD_ALIAS":
    case "MULTIPLE_ANCHORS":
    case "MULTIPLE_TAGS":
    case "BAD_PROP_ORDER":
      return {
        message: lowerFirstLetter(message),
        advice: 'Put text that begins with "*", "&" or "!" in quotes.',
      };
    default:
      return {
        message: `this is not YAML: ${lowerFirstLetter(message)}`,
        advice: "Check brackets, quotes and indentation, here and on the line above.",
      };
  }
}

function explainUnclosed(message: string): Explained {
  return {
    message: "this bracket is not closed",
    expected: `"${message.at(-1)}" after its last entry`,
    advice: "Add it.",
  };
}

/** Explains a text inside [ ] or { } that follows a complete entry but does not begin a new one. */
function explainUnseparated(at: number, text: string): Explained {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  // [model.layers[1].units]: the second bracket would begin a list.
  const entry = /[[{]/.test(text[at] ?? "") ? /[^\s,[\]{}][^,[\]{}]*$/.exec(before)?.[0] : undefined;
  if (entry !== undefined) {
    const from = (/(?<=: ).*$/.exec(entry)?.[0] ?? entry) + getRestOfEntry(text.slice(at));
    const quote = from.includes('"') ? "'" : '"';
    return {
      message: "text with brackets in it must be in quotes here",
      expected: truncate(`${quote}${from.trim()}${quote}`),
      advice: "Add the quotes.",
    };
  }
  const [, quote] = /(["'])\s*$/.exec(before) ?? [];
  if (quote !== undefined) {
    return {
      message: `the text ends at the ${quote} before this`,
      expected: 'a "," or the end of the list',
      advice:
        quote === '"'
          ? `Put text that has " in it in single quotes: 'optimizer.type != "adam"'.`
          : "Write '' for each ' in the text.",
    };
  }
  return {
    message: "this does not begin a new entry",
    expected: '"," between two entries, ": " between a key and its value',
    advice: "Add what is missing.",
  };
}

/**
 * Returns the text up to the comma, colon, line break or closing bracket that ends the entry. Brackets inside
 * it are balanced.
 */
function getRestOfEntry(text: string): string {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (/[[{]/.test(character)) depth++;
    else if (/[\]}]/.test(character) && depth-- === 0) return text.slice(0, at);
    else if (character === "\n" || (depth === 0 && /^(,|:\s)/.test(text.slice(at, at + 2)))) {
      return text.slice(0, at);
    }
  }
  return text;
}

/** Returns the parser's own message with a lower-case start, cut to `LONGEST_QUOTE`. */
function lowerFirstLetter(message: string): string {
  return truncate(message.charAt(0).toLowerCase() + message.slice(1));
}

function truncate(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE - 1)}…`;
}
