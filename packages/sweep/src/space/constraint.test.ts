import { createRng } from "@nn/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { samplers } from "../catalog.ts";
import { parseConstraint } from "./constraint.ts";
import type { DomainSpecs } from "./domain.ts";
import type { FinishedTrial } from "../sampler.ts";
import { checkSweep, getGenerationSizes, proposeCombinations } from "../sweep.ts";

const parameters: DomainSpecs = {
  "model.layers[1].units": { type: "int", min: 8, max: 64 },
  "model.layers[3].units": [8, 16, 32],
  "model.layers[2].type": ["relu", "tanh"],
  "training.clipNorm": [null, 1],
  optimizer: [
    { type: "sgd", learningRate: { type: "float", min: 0.01, max: 1 }, momentum: 0.9 },
    { type: "adam", beta1: { type: "choice", values: [0.8, 0.9] } },
  ],
};

const written = {
  "model.layers[1].units": 20,
  "model.layers[3].units": 8,
  "model.layers[2].type": "relu",
  "training.clipNorm": null,
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
};

test.for<[text: string, holds: boolean]>([
  ["model.layers[1].units >= 2 * model.layers[3].units", true],
  ["model.layers[1].units < 2 * model.layers[3].units", false],
  ["(model.layers[1].units - 2 * 3) % 5 == 4", true],
  ["-model.layers[1].units / 4 <= -5", true],
  ["-model.layers[1].units / 4 > -5", false],
  ["model.layers[2].type == 'relu'", true],
  ['model.layers[2].type != "relu"', false],
  ["training.clipNorm == null", true],
  ["optimizer.type == 'sgd'", true],
  ["optimizer.learningRate * 10 > optimizer.momentum", true],
  ["optimizer.beta1 > 100", true], // a parameter that does not exist in this trial
  ["model.layers[1].units < 20", false],
  ["model.layers[1].units <= 20", true],
  ["model.layers[1].units > 20", false],
  ["model.layers[1].units >= 20", true],
  ["model.layers[1].units == 20", true],
  ["model.layers[1].units != 20", false],
  ["training.clipNorm == 1", false], // null is no number
  ["training.clipNorm != 1", true],
  ["model.layers[2]['type'] == 'relu'", true],
  ["-model.layers[1].units + 20 == 0", true],
  ["+model.layers[1].units == +20", true],
  ["model.layers[1].units == 020", true], // as in YAML, where JavaScript reads 16
  ["model.layers[01].units == 20", true],
  ["model.layers[1].units == 2.e1", true],
  ["model.layers[1].units > .5E+1", true],
])("%s: %s", ([text, holds]) => {
  expect(parseConstraint(text, parameters).holds(written)).toBe(holds);
});

test.for<[text: string, message: string]>([
  [
    "model.layers[1].units",
    '"model.layers[1].units" is not a comparison; write two sides with <, <=, >, >=, == or != between them',
  ],
  ["model.layers[1].units + 8", "write two sides with <, <=, >, >=, == or != between them"],
  ["model.layers[1].units = 8", "= is not a comparison operator; write =="],
  [
    "1 < model.layers[1].units < 9",
    '"1 < model.layers[1].units" is a comparison inside another; make each a separate constraint',
  ],
  [
    "model.layers[2].type == 'relu' && 1 < 2",
    "\"model.layers[2].type == 'relu' && 1 < 2\" is not a comparison; make each side a separate constraint",
  ],
  [
    "1 < 2",
    '"1 < 2" names no swept path; name one of model.layers[1].units, model.layers[3].units, ' +
      "model.layers[2].type, training.clipNorm, optimizer, optimizer.learningRate, optimizer.beta1",
  ],
  ["model.layers[2].type < 3", "model.layers[2].type is text, and < takes numbers; use == or !="],
  ["relu == model.layers[2].type", 'relu is not a swept path, and a text needs quotes; write "relu"'],
  ["model.layers[2].type != Tanh", 'Tanh is not a swept path, and a text needs quotes; write "tanh"'],
  ["model.layers[2].type == gelu", "gelu is not swept; name one of model.layers[1].units"],
  ["relu + 1 == model.layers[2].type", "relu is not swept; name one of model.layers[1].units"],
  [
    "model.layers[2].type == null",
    "model.layers[2].type is text, which is never null; compare it with another",
  ],
  ["optimizer != null", "optimizer is a block, which is never null; compare it with another value"],
  ["null < training.clipNorm", "null is null, and < takes numbers; use == or !="],
  ["model.layers[1].units > 1e400", "1e400 is too large; write a number between 1e-300 and 1e300"],
  ["model.layers[1].units > 0.1e-400", "0.1e-400 is too small; write a number between 1e-300 and 1e300"],
  [
    "model.layers[2].type == 3",
    "model.layers[2].type is text and 3 a number, which are never equal; compare values of the same kind",
  ],
  ["optimizer == 'sgd'", "optimizer is a block; compare optimizer.type, or an option"],
  [
    "model.layers[1].units > 8 || model.layers[1].units > 9",
    "write two sides with <, <=, >, >=, == or != between them",
  ],
  ["model.layers[1].units += 8", "write two sides with <, <=, >, >=, == or != between them"],
  ["", '"" is not a comparison; write one as "a <= b"'],
  ["if (1) 2", '"if (1) 2" is not a comparison; write one as "a <= b"'],
  ["3 == model.layers[2].type", "3 is a number and model.layers[2].type text, which are never equal"],
  ["3 > model.layers[2].type", "model.layers[2].type is text, and > takes numbers; use == or !="],
  ["-model.layers[2].type < 1", "model.layers[2].type is text, and - takes numbers; use == or !="],
  ["+model.layers[2].type < 1", "model.layers[2].type is text, and + takes numbers; use == or !="],
  ["optimizer?.type == 'sgd'", 'a constraint cannot have "optimizer?.type" in it'],
  ["optimizer[momentum] > 1", 'a constraint cannot have "optimizer[momentum]" in it'],
  ["optimizer[true] > 1", 'a constraint cannot have "optimizer[true]" in it'],
  ["model.layers[2].type == /relu/", 'a constraint cannot have "/relu/" in it'],
  ["model.layers[1].units > 1n", "1n is not a decimal number; write 1"],
  ["model.layers[1].units > 1_000", "1_000 is not a decimal number; write 1000"],
  ["model.layers[1].units > 0x1F", "0x1F is not a decimal number; write 31"],
  ["model.layers[1].units > 0b11", "0b11 is not a decimal number; write 3"],
  ["model.layers[0x1].units > 3", "0x1 is not a decimal number; write 1"],
  [
    String.raw`model.layers[2].type == 're\x6cu'`,
    String.raw`'re\x6cu' contains a backslash; write each character itself, without escapes`,
  ],
  [String.raw`model.layers[1].\u0075nits > 3`, "contains a backslash"],
  ["model.layers[1].units > 3 // few", '"// few" is a comment; remove it from the constraint'],
  ["model.layers[1].units /* of it */ > 3", '"/* of it */" is a comment; remove it from the constraint'],
  ["model.layers[1].units > 3 <!-- few", '"<!-- few" is a comment; remove it from the constraint'],
  [
    "Math.exp(optimizer.momentum) > 1",
    'a constraint cannot have "Math.exp(optimizer.momentum)" in it; ' +
      "it can contain numbers, texts, swept paths and + - * / %",
  ],
  [
    "training.clipNorm ** 2 > 1",
    'a constraint cannot have "training.clipNorm ** 2" in it; it can contain numbers, texts, swept paths and + - * / %',
  ],
  ["(model.layers[1].units & 1) == 0", 'a constraint cannot have "model.layers[1].units & 1" in it'],
  ["(model.layers[1].units << 1) > 9", 'a constraint cannot have "model.layers[1].units << 1" in it'],
  ["('a' in optimizer) == true", "a constraint cannot have \"'a' in optimizer\" in it"],
  ["optimizer.momentum > 1)", '"optimizer.momentum > 1)" cannot be read at ")"; write it as "a <= b"'],
  [
    "optimizer.momentum > 0 and 1",
    '"optimizer.momentum > 0 and 1" cannot be read at "and 1"; make each side a separate constraint',
  ],
  ["optimizer.momentum > ", '"optimizer.momentum > " cannot be read at its end; write it as "a <= b"'],
  ["optimizer.momentum > 1; 2", '"optimizer.momentum > 1; 2" is not a comparison; write one as "a <= b"'],
])("%s is rejected with an explanation", ([text, message]) => {
  expect(() => parseConstraint(text, parameters)).toThrow(message);
});

test("a constraint reads bools, and the entries of lists, but no list as a whole", () => {
  const more: DomainSpecs = {
    flag: { type: "bool" },
    sizes: [[3, 4], [5]],
    optimizer: [{ type: "sgd", nesterov: { type: "bool" }, betas: [0.9, "auto"] }],
  };
  const trial = { flag: true, sizes: [5], optimizer: { type: "sgd", nesterov: false, betas: [0.9, "auto"] } };
  const holds = (text: string): boolean => parseConstraint(text, more).holds(trial);
  expect(holds("flag == true")).toBe(true);
  expect(holds("optimizer.nesterov == true")).toBe(false);
  expect(holds("sizes[0] > 4")).toBe(true);
  expect(holds("sizes[1] > 4")).toBe(true); // this trial has one size
  expect(holds("optimizer.betas[0] < 0.5")).toBe(false);
  expect(holds("optimizer.betas[1] == 'auto'")).toBe(true);
  expect(() => holds("flag > 1")).toThrow("flag is a boolean, and > takes numbers; use == or !=");
  expect(() => holds("flag == 1")).toThrow("flag is a boolean and 1 a number, which are never equal");
  expect(() => holds("optimizer.nesterov == 0")).toThrow("optimizer.nesterov is a boolean and 0 a number");
  expect(() => holds("sizes > 4")).toThrow("sizes is a list; compare what is in it");
  expect(() => holds("optimizer.betas == 1")).toThrow("optimizer.betas is a list; compare what is in it");
  expect(() => holds("sizes[2] > 4")).toThrow("sizes[2] is not swept");
  expect(() => holds("sizes.length > 4")).toThrow("sizes.length is not swept");
});

test("null leaves a key out: a number is compared only where there is one, and a block with null", () => {
  const more: DomainSpecs = {
    "training.clipNorm": [null, 0.5, 2],
    "training.average": [null, { type: "ema", decay: { type: "choice", values: [0.9, 0.99] } }],
    "model.sizes": [null, [3, 4]],
  };
  const holds = (text: string, norm: unknown, average: unknown = null, sizes: unknown = null): boolean =>
    parseConstraint(text, more).holds({
      "training.clipNorm": norm,
      "training.average": average,
      "model.sizes": sizes,
    });
  for (const text of ["training.clipNorm <= 1", "training.clipNorm * 2 <= 2", "1 >= training.clipNorm"])
    expect([null, 0.5, 2].map((norm) => holds(text, norm))).toEqual([true, true, false]);
  expect([null, 0.5].map((norm) => holds("training.clipNorm != null", norm))).toEqual([false, true]);
  const average = { type: "ema", decay: 0.9 };
  expect([null, average].map((each) => holds("training.average == null", 1, each))).toEqual([true, false]);
  expect([null, average].map((each) => holds("null != training.average", 1, each))).toEqual([false, true]);
  expect([null, [3, 4]].map((each) => holds("model.sizes == null", 1, null, each))).toEqual([true, false]);
  expect(() => holds("training.average.type != null", 1)).toThrow(
    "training.average.type is text, which is never null; compare training.average with null",
  );
  expect(() => holds("training.average == 'ema'", 1)).toThrow("is a block; compare training.average.type");
});

test("if no combination has a text, the problem names the text", () => {
  const lists = { sampler: { type: "grid" }, parameters: { type: ["relu", "tanh"], size: [1, 2] } };
  const messages = (...constraints: string[]) =>
    checkSweep({ ...lists, constraints }).map(({ message }) => message);
  expect(messages('type == "Relu"')).toEqual([
    'none of the 4 combinations satisfies the constraints: the constraint type == "Relu" compares type with ' +
      '"Relu", which is not one of its values: "relu", "tanh"; write "relu"',
  ]);
  expect(messages('type != "Relu"', "size > 2")).toEqual([
    "none of the 4 combinations satisfies the constraints; loosen them, or try other values",
  ]);
});

test.for([
  "model.layers[1].filters > 1",
  "optimizer.constructor != null",
  "__proto__ != null",
  "optimizer.type.length > 1",
])("%s is rejected as not swept", (text) => {
  expect(() => parseConstraint(text, parameters)).toThrow(" is not swept; name one of ");
});

test("every text is parsed or rejected with a ConstraintError", () => {
  const piece = fc.constantFrom(
    "optimizer.type",
    "model.layers[1].units",
    "<",
    "==",
    "(",
    ")",
    "`a`",
    "1",
    "[",
    "function(){}",
    "/x/",
    "'",
    "+",
    ".",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((pieces) => pieces.join(" ")),
      ),
      (text) => {
        let name = "ConstraintError";
        try {
          parseConstraint(text, parameters).holds(written);
        } catch (error) {
          name = error instanceof Error ? error.name : "";
        }
        expect(name).toBe("ConstraintError");
      },
    ),
    { numRuns: 2000 },
  );
});

const space = {
  parameters: { a: { type: "int", min: 1, max: 9 }, b: { type: "int", min: 1, max: 9 } },
  constraints: ["a > b"],
} as const;
const options = { trials: 40, generation: 4, population: 4, startup: 10, candidates: 24, scramble: true };

test.for([...samplers.keys()].filter((type) => type !== "grid" && type !== "pbt"))(
  "%s proposes as many combinations as without constraints, all satisfying them, and the same each time",
  (type) => {
    const constrained = { ...space, sampler: { type, ...options } };
    expect(checkSweep(constrained)).toEqual([]);
    const run = (): FinishedTrial[] => {
      const history: FinishedTrial[] = [];
      for (const count of getGenerationSizes(constrained, createRng(1), 10)) {
        const proposed = proposeCombinations(constrained, createRng(1), 10, history);
        expect(proposed).toHaveLength(count);
        history.push(
          ...proposed.map((each) => ({
            parameters: each.parameters,
            objective: Number(each.parameters["a"]),
          })),
        );
      }
      return history;
    };
    const found = run();
    for (const {
      parameters: { a, b },
    } of found)
      expect(Number(a)).toBeGreaterThan(Number(b));
    expect(run()).toEqual(found);
  },
);

test("combinations that satisfy the constraints stay the same", () => {
  const sampler = { type: "random", trials: 40 };
  const free = proposeCombinations({ sampler, parameters: space.parameters }, createRng(1), 1);
  const bound = proposeCombinations({ sampler, ...space }, createRng(1), 1);
  const satisfying = [...free.keys()].filter((index) => {
    const { a, b } = free[index]!.parameters;
    return Number(a) > Number(b);
  });
  expect(satisfying.length).toBeGreaterThan(5);
  expect(satisfying.map((index) => bound[index])).toEqual(satisfying.map((index) => free[index]));
});

test("a sobol sequence continues without the points that violate the constraints", () => {
  const sampler = { type: "sobol", trials: 40, scramble: true };
  const longer = { sampler: { ...sampler, trials: 160 }, parameters: space.parameters };
  const satisfying = proposeCombinations(longer, createRng(1), 1).filter(
    ({ parameters: { a, b } }) => Number(a) > Number(b),
  );
  expect(proposeCombinations({ sampler, ...space }, createRng(1), 1)).toEqual(satisfying.slice(0, 40));
  // One point in 512 satisfies the constraint. The points found are far out in the sequence, with one in each
  // 32nd of the remaining interval.
  const x = { type: "int", min: 0, max: 2 ** 20 - 1 } as const;
  const few = { sampler: { ...sampler, trials: 32 }, parameters: { x }, constraints: ["x < 2048"] };
  const parts = proposeCombinations(few, createRng(1), 1).map(({ parameters }) =>
    Math.floor(Number(parameters["x"]) / 64),
  );
  expect(parts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, part) => part));
});

test("random combinations complete a sequence of which too few points satisfy the constraints", () => {
  const x = { type: "int", min: 0, max: 2 ** 20 - 1 } as const;
  const sampler = { type: "sobol", trials: 300, scramble: true };
  const few = { sampler, parameters: { x }, constraints: ["x < 1024"] };
  const found = proposeCombinations(few, createRng(1), 1).map(({ parameters }) => Number(parameters["x"]));
  expect(found).toHaveLength(300);
  expect(Math.max(...found)).toBeLessThan(1024);
});

test("a grid keeps the combinations that satisfy the constraints", () => {
  const lists = { sampler: { type: "grid" }, parameters: { a: [1, 2, 3], b: [1, 2, 3] } };
  const pairs = (constraint: string): string[] =>
    proposeCombinations({ ...lists, constraints: [constraint] }, createRng(1), 1).map(
      ({ parameters: each }) => Object.values(each).map(Number).join(" "),
    );
  expect(pairs("a > b")).toEqual(["2 1", "3 1", "3 2"]);
  expect(checkSweep({ ...lists, constraints: ["a > b + 2"] })).toEqual([
    {
      path: ["constraints"],
      message: "none of the 9 combinations satisfies the constraints; loosen them, or try other values",
    },
  ]);
});

test("constraints that hardly any combination satisfies are a problem", () => {
  const x = { type: "float", min: 0, max: 1 } as const;
  const narrow = { sampler: { type: "random", trials: 2 }, parameters: { x }, constraints: ["x < 0.00001"] };
  expect(checkSweep(narrow)).toEqual([
    {
      path: ["constraints"],
      message:
        "none of 2000 random combinations satisfies the constraints; loosen them, or narrow the ranges",
    },
  ]);
});

test("a derived variable is computed from the swept values; a comparison holds if a trial does not have it", () => {
  const derivedVariables = {
    "model.parameters": (all: Readonly<Record<string, unknown>>) =>
      Number(all["model.layers[3].units"]) === 8 ? 10 * Number(all["model.layers[1].units"]) : undefined,
  };
  const holds = (text: string, units: number): boolean =>
    parseConstraint(text, parameters, derivedVariables).holds({ ...written, "model.layers[3].units": units });
  expect(holds("model.parameters == 200", 8)).toBe(true);
  expect(holds("model.parameters < 20 * model.layers[3].units", 8)).toBe(false);
  expect(holds("model.parameters < 200", 16)).toBe(true);
  expect(() => parseConstraint("model.parameters == 'many'", parameters, derivedVariables)).toThrow(
    "never equal",
  );
  expect(() => parseConstraint("model.weights < 5", parameters, derivedVariables)).toThrow(
    "optimizer.beta1, model.parameters",
  );
});

test("fewer combinations are drawn to check the constraints if `draws` is smaller", () => {
  let drawn = 0;
  const derivedVariables = { "model.parameters": () => ++drawn };
  const constraints = ["model.parameters < 0"];
  const space = {
    sampler: { type: "random", trials: 5 },
    parameters,
    constraints,
    derivedVariables,
    draws: 10,
  };
  expect(checkSweep(space).map(({ message }) => message)).toEqual([
    expect.stringContaining("none of 10 random combinations satisfies the constraints"),
  ]);
  expect(drawn).toBe(10);
});

test("a text that a path never has gives a notice", () => {
  const noticeOf = (text: string) => parseConstraint(text, parameters).notice;
  expect(noticeOf('optimizer.type != "Adam"')).toContain(
    'compares optimizer.type with "Adam", which is not one of its values: "sgd", "adam"; write "adam"',
  );
  expect(noticeOf('"rmsprop" == optimizer.type')).toContain('with "rmsprop", which is not one of its values');
  expect(noticeOf('optimizer.type != "adam"')).toBeUndefined();
  expect(noticeOf("training.clipNorm != 2")).toBeUndefined();
});
