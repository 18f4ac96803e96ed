// The generated tables of docs/performance.md, each from the rows of bench/results/.
import { markdownTable } from "./document.ts";
import { type Result, type ResultsFile, showNumber } from "./results-file.ts";

/** Renders a table, or returns undefined if its benches have not been run on that machine. */
type Renderer = (file: ResultsFile) => string | undefined;

const OURS = "nn-from-scratch, 1 thread, strict";

/** How a training table says whose rows these are. The versions of peers come from the machine's description. */
function contenderName(name: string, { machine }: ResultsFile): string {
  if (name === "nn-from-scratch, --simd 128") return "the same, `--simd 128`";
  if (name === "nn-from-scratch, 2 threads") return "the same, `--threads 2`";
  if (name === "nn-from-scratch, auto threads") return "the same, `--threads auto`";
  const peer = Object.keys(machine).find((key) => name.startsWith(key));
  return peer === undefined ? name : name.replace(peer, `${peer} ${machine[peer]}`);
}

function of({ results }: ResultsFile, bench: string, unit: string): Result[] {
  return results.filter((result) => result.bench === bench && result.unit === unit);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function ratio(a: number | undefined, b: number | undefined, digits = 1): string {
  return a === undefined || b === undefined ? "" : `${(a / b).toFixed(a / b >= 100 ? 0 : digits)} ×`;
}

/** Contenders by networks: images per second, then our ratio to each peer. */
function trainingTable(columns: Readonly<Record<string, string>>, losses: boolean): Renderer {
  return (file) => {
    const measured = Object.entries(columns).filter(([bench]) => of(file, bench, "images/s").length > 0);
    if (measured.length === 0) return undefined;
    const names = unique(measured.flatMap(([bench]) => of(file, bench, "images/s").map(({ name }) => name)));
    const find = (bench: string, name: string, unit = "images/s"): number | undefined =>
      of(file, bench, unit).find((result) => result.name === name)?.median;
    const speeds = names.map((name) => [
      contenderName(name, file),
      measured.map(([bench]) => {
        const speed = find(bench, name);
        return speed === undefined ? "" : showNumber(speed);
      }),
      losses ? measured.map(([bench]) => lossOf(file, bench, name)) : [],
    ]);
    const peers = names.filter((name) => !name.startsWith("nn-from-scratch"));
    const ratios = peers.map((name) => [
      `ours / ${name}`,
      measured.map(([bench]) => ratio(find(bench, OURS), find(bench, name))),
      losses ? measured.map(() => "") : [],
    ]);
    const titles = measured.map(([, title]) => title);
    const header = [
      "images per second",
      ...titles,
      ...(losses ? titles.map((title) => `loss, ${title}`) : []),
    ];
    return markdownTable(header, [...speeds, ...ratios]);
  };
}

function lossOf(file: ResultsFile, bench: string, name: string): string {
  const [first, last] = ["first", "last"].map((epoch) =>
    of(file, bench, `loss of the ${epoch} epoch`).find((result) => result.name === name),
  );
  return first && last ? `${first.median.toFixed(3)} → ${last.median.toFixed(3)}` : "";
}

const machineTable: Renderer = ({ machine, results }) => {
  if (results.length === 0) return undefined;
  const dates = unique(results.map(({ date }) => date)).sort();
  const loads = results.map(({ load }) => load);
  return markdownTable(
    ["measured on", ""],
    [
      ...Object.entries(machine),
      ["dates", unique([dates[0]!, dates[dates.length - 1]!]).join(" to ")],
      [
        "load before a bench",
        unique([Math.min(...loads), Math.max(...loads)].map((load) => load.toFixed(1))).join(" to "),
      ],
    ],
  );
};

const ladderTable: Renderer = (file) => {
  const [mlp, lenet] = [of(file, "ladder", "images/s"), of(file, "ladder-lenet5", "images/s")];
  if (mlp.length === 0) return undefined;
  return markdownTable(
    ["images per second", "784-128-10", "step", "total", "LeNet-5", "step", "total"],
    mlp.map(({ name, median }, index) => {
      const own = lenet.find((result) => result.name === name);
      return [
        name,
        showNumber(median),
        index === 0 ? "" : ratio(median, mlp[index - 1]?.median),
        index === 0 ? "" : ratio(median, mlp[0]?.median),
        own === undefined ? "" : showNumber(own.median),
        index === 0 ? "" : ratio(own?.median, lenet[index - 1]?.median),
        index === 0 ? "" : ratio(own?.median, lenet[0]?.median),
      ];
    }),
  );
};

/** A row per name, a column per setting, and the ratio of the first to the last. */
function bySetting(bench: string, heading: string, settings: Readonly<Record<string, string>>): Renderer {
  return (file) => {
    const results = file.results.filter((result) => result.bench === bench);
    if (results.length === 0) return undefined;
    const names = unique(results.map(({ name }) => name)).filter((name) => !name.startsWith("CNN"));
    return markdownTable(
      [heading, ...Object.values(settings), "ratio"],
      names.map((name) => {
        const times = Object.keys(settings).map(
          (setting) => results.find((result) => result.name === name && result.setting === setting)?.min,
        );
        const cells = times.map((time) => (time === undefined ? "" : showNumber(time)));
        return [name, cells, ratio(times[0], times.at(-1))];
      }),
    );
  };
}

/** Milliseconds of direct sums and of Winograd tiles, for the convolutions of the CNN that have both. */
const winogradTable: Renderer = (file) => {
  const results = of(file, "kernels", "µs");
  const find = (name: string, setting: string): number | undefined =>
    results.find((result) => result.name === name && result.setting === setting)?.min;
  const direct = unique(results.map(({ name }) => name)).filter(
    (name) => name.startsWith("CNN, direct sums, ") && !/: d[Wx]$/.test(name),
  );
  if (direct.length === 0) return undefined;
  const cell = (title: string, bits: string): string => {
    const tiles = title.replace("CNN, direct sums", "CNN").replace("padding 2", "padding 1");
    let [before, after] = [0, 0];
    const parts = ["", ": dx", ": dW"].map((part) => {
      const [slow = NaN, fast = NaN] = [find(title + part, bits), find(tiles + part, bits)];
      [before, after] = [before + slow, after + fast];
      return `${part.slice(2)} ${(slow / 1000).toFixed(1)} → ${(fast / 1000).toFixed(1)}`.trim();
    });
    return `${parts.join(", ")}: **${ratio(before, after)}**`;
  };
  return markdownTable(
    ["layer of the CNN", "256-bit", "128-bit"],
    direct.map((title) => {
      const [, extent, channels, filters] = /(\d+)²·(\d+) ∗ 3²·(\d+)/.exec(title) ?? [];
      return [`${extent}², ${channels} → ${filters}`, cell(title, "256 bit"), cell(title, "128 bit")];
    }),
  );
};

/** Training with one thread and with two, from the training benches. */
const threadedTrainingTable: Renderer = (file) => {
  const columns = { "mlp-128": "784-128-10", "mlp-256": "784-256-10", lenet5: "LeNet-5", cnn: "the CNN" };
  const more = { "lstm-rows": "the LSTM", transformer: "the transformer" };
  const rows = Object.entries({ ...columns, ...more }).flatMap(([bench, title]) => {
    const [one, two] = [OURS, "nn-from-scratch, 2 threads"].map((name) =>
      of(file, bench, "images/s").find((result) => result.name === name),
    );
    const range = ({ min, max }: Result): string => unique([min, max].map(showNumber)).join("–");
    return one && two ? [[title, range(one), range(two), ratio(two.median, one.median)]] : [];
  });
  return rows.length === 0 ? undefined : markdownTable(["network", "1 thread", "2 threads", "ratio"], rows);
};

const augmentationTable: Renderer = (file) => {
  const alone = of(file, "augmentation", "µs/image");
  const shares = of(file, "augmentation", "% of a step without augmentation");
  if (alone.length === 0) return undefined;
  const settings = unique(shares.map(({ setting }) => setting));
  return markdownTable(
    ["augmentation", "µs per image", ...settings.map((setting) => `share of a step of ${setting}`)],
    alone.map(({ name, median }) => [
      name,
      showNumber(median),
      settings.map((setting) => {
        const share = shares.find((result) => result.name === name && result.setting === setting);
        return share === undefined ? "" : `${share.median.toFixed(1)} %`;
      }),
    ]),
  );
};

/** Median, minimum and maximum of every row of a bench. */
function figuresTable(bench: string, heading: string, format: (name: string) => string): Renderer {
  return (file) => {
    const results = file.results.filter((result) => result.bench === bench);
    if (results.length === 0) return undefined;
    return markdownTable(
      [heading, "median", "lowest", "highest", "rounds"],
      results.map(({ name, median, min, max, rounds }) => [
        format(name),
        [median, min, max].map(showNumber),
        `${rounds}`,
      ]),
    );
  };
}

const commandName = (name: string): string =>
  /^(of it|beside)/.test(name)
    ? name
    : name === "node -e 0"
      ? "`node -e 0`, which does nothing"
      : `\`${name}\``;

const sweepTable: Renderer = (file) => {
  const results = of(file, "sweep", "s");
  if (results.length === 0) return undefined;
  return markdownTable(
    [`seconds, ${results[0]!.setting}`, "median", "lowest", "highest", "our share of the time"],
    results.map(({ name, median, min, max }) => [
      contenderName(name, file),
      [median, min, max].map(showNumber),
      (results[0]!.median / median).toFixed(2),
    ]),
  );
};

const overheadTable: Renderer = (file) => {
  const results = file.results.filter(({ bench }) => bench === "overhead");
  if (results.length === 0) return undefined;
  const names = unique(results.map(({ name }) => name));
  return markdownTable(
    ["medians", ...names],
    unique(results.map(({ setting }) => setting)).map((setting) => [
      setting,
      names.map((name) => {
        const result = results.find((result) => result.setting === setting && result.name === name);
        return result === undefined
          ? ""
          : `${showNumber(result.median)} ${result.unit.replace("/trial", "")}`;
      }),
    ]),
  );
};

const memoryTable: Renderer = (file) => {
  const results = file.results.filter(({ bench }) => bench === "memory");
  if (results.length === 0) return undefined;
  const units = unique(results.map(({ unit }) => unit));
  return markdownTable(
    [`peak memory in MB, ${results[0]!.setting}`, ...units.map((unit) => unit.replace("MB, ", ""))],
    unique(results.map(({ name }) => name)).map((name) => [
      `\`${name}.yaml\``,
      units.map((unit) => {
        const result = results.find((result) => result.name === name && result.unit === unit);
        return result === undefined ? "" : result.median.toFixed(0);
      }),
    ]),
  );
};

/** The generated tables, by the names in their markers. */
export const tables: Readonly<Record<string, Renderer>> = {
  machine: machineTable,
  perceptrons: trainingTable(
    {
      "mlp-16": "784-16-10, batch 100",
      "mlp-128": "784-128-10, batch 100",
      "mlp-512": "784-512-10, batch 128",
    },
    false,
  ),
  convolutions: trainingTable({ lenet5: "LeNet-5", cnn: "the CNN" }, true),
  sequences: trainingTable({ "lstm-rows": "the LSTM", transformer: "the transformer" }, true),
  ladder: ladderTable,
  kernels: bySetting("kernels", "microseconds", { "128 bit": "128-bit", "256 bit": "256-bit" }),
  winograd: winogradTable,
  threads: bySetting("threads", "microseconds", { "1 thread": "1 thread", "2 threads": "2 threads" }),
  "threaded-training": threadedTrainingTable,
  augmentation: augmentationTable,
  start: figuresTable("start", "seconds", commandName),
  sweep: sweepTable,
  overhead: overheadTable,
  growth: figuresTable("growth", "microseconds per image", (name) => name),
  memory: memoryTable,
};
