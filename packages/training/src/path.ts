/** The steps of a path, such as `["model", "layers", 1, "units"]`. */
export type Path = readonly (string | number)[];

/** A step of a path and its position in the text. `model.layers[1].units` has four steps. */
export interface PathStep {
  readonly step: string | number;
  readonly start: number;
  readonly end: number;
}

/** The steps of a path. For an invalid path, the offset of the error and the expected text. */
export type ParsedPath =
  | { readonly ok: true; readonly steps: readonly PathStep[] }
  | { readonly ok: false; readonly at: number; readonly expected: string };

const NAME = /[^.[\]"\s=]+/y;
const INDEX = /\[(\d{1,9})\]/y;
const QUOTED = /\["([^"]*)"\]/y;

/**
 * Parses a path: names joined by dots, `[i]` for an entry of a list, `["…"]` for a key that contains dots.
 */
export function parsePath(text: string): ParsedPath {
  const steps: PathStep[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length || steps.length === 0) {
    const bracket = steps.length > 0 && text[at] === "[";
    if (steps.length > 0 && !bracket) {
      if (text[at] !== ".") return { ok: false, at, expected: 'a "." or "[" here' };
      at += 1;
    }
    const match = bracket ? (take(INDEX) ?? take(QUOTED)) : take(NAME);
    if (match === null) {
      return { ok: false, at, expected: bracket ? "an entry number such as [0]" : "a name here" };
    }
    const [whole, inner] = match;
    const step = !bracket ? whole : whole[1] === '"' ? (inner ?? "") : Number(inner);
    steps.push({ step, start: at, end: at + whole.length });
    at += whole.length;
  }
  return { ok: true, steps };
}

/** Formats a path as text, such as `model.layers[1].units`. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[^.[\]"\s=]+$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `["${step}"]`;
  }
  return text;
}
