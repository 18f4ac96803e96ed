import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";

import { BenchFolder } from "../support/bench-folder.ts";
import { chromiumPath, launchChromium } from "../support/chromium.ts";
import { runProgram } from "../support/program.ts";
import { dataOf, description, single, sweep } from "./small-report.ts";
import { hostileClasses, writeSymbolFolders } from "./symbol-folders.ts";

const data = mkdtempSync(join(tmpdir(), "nn-report-"));
let folder: BenchFolder;
beforeAll(async () => {
  writeSymbolFolders(data);
  folder = new BenchFolder(data);
  folder.write("spec.yaml", sweep);
  const { code, err } = await folder.run();
  if (code !== 0) throw new Error(err);
});
afterAll(() => {
  folder.remove();
  rmSync(data, { recursive: true, force: true });
});

/** Writes a report and returns its text. */
async function report(run: string, ...options: readonly string[]): Promise<string> {
  const file = join(folder.path, "report.html");
  const { code, err } = await folder.runProgram(["report", run, "--out", file, "--data", "data", ...options]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return readFileSync(file, "utf8");
}

test("two reports of a run are the same bytes", async () => {
  const first = await report("results/small");
  expect(await report(folder.runFolder())).toBe(first);
  expect(first.length).toBeLessThan(1_500_000);
});

test("a report has the validation images first, each from its place in the training file", async () => {
  const [validation, tested] = dataOf(await report("results/small")).evaluation!.sets;
  expect(validation).toMatchObject({ set: "validation", imageCount: 30 });
  expect(tested).toMatchObject({ set: "test", imageCount: 60 });
  for (const { networks, imageCount } of [validation, tested!])
    for (const { confusion } of networks)
      expect(confusion.flat().reduce((sum, images) => sum + images)).toBe(imageCount);
  // The training file has 30 images of each of three classes, in this order.
  const { index, label } = validation.images!;
  expect(label).toEqual(index.map((position) => Math.floor(position / 30)));
});

test("without held-out images, a report has the test images only", async () => {
  folder.write("all.yaml", single.replace("validation: 10000", "validation: test").replace("single", "all"));
  const args = ["all.yaml", "--set", "training.epochs=1", "--set", "model.layers[1].units=4"];
  const run = await folder.runProgram(["experiment", ...args, "--out", "results"]);
  expect(run.code).toBe(0);
  const { evaluation, validatesOnTest } = dataOf(await report("results/all"));
  expect(evaluation!.sets.map(({ set }) => set)).toEqual(["test"]);
  expect(validatesOnTest).toBe(true);
});

test("several runs are compared with the first one", async () => {
  folder.write("larger.yaml", sweep.replace("[4, 8, 16]", "[4, 32]").replace("name: small", "name: larger"));
  const args = ["larger.yaml", "--set", "training.shuffle=false", "--out", "results"];
  const { code } = await folder.runProgram(["experiment", ...args]);
  expect(code).toBe(0);
  const html = await report("results/small", "results/larger");
  const { run, runComparison } = dataOf(html);
  expect(run).toMatch(/^small\//);
  const { runs, conclusions } = runComparison!;
  const [small, larger] = runs.toSorted((a, b) => (a.label < b.label ? -1 : 1));
  expect(small).toMatchObject({ label: "A", run, trials: 18 });
  expect(small!.settings).toMatch(/^learningRate [\d.]+, units \d+, shuffle true$/);
  expect(larger).toMatchObject({ label: "B", run: expect.stringMatching(/^larger\//), trials: 12 });
  expect(larger!.settings).toMatch(/, shuffle false$/);
  expect(runs[0]!.difference).toBeNull();
  expect(runs[1]!.difference!.pValue).toBeGreaterThan(0);
  expect(conclusions).toEqual([expect.stringMatching(/[AB] .*(beyond|within) noise/)]);

  const environment = join(folder.runFolder("larger"), "environment.json");
  const text = readFileSync(environment, "utf8");
  onTestFinished(() => writeFileSync(environment, text));
  writeFileSync(environment, text.replace(/"sha256": "[^"]+/, '"sha256": "0'));
  const changed = await folder.runProgram(["report", "results/small", "results/larger", "--out", "two.html"]);
  expect(changed.err).toMatch(/^notice: the images or labels of images .* were changed between the runs/);
  const page = dataOf(readFileSync(join(folder.path, "two.html"), "utf8"));
  expect(page.runComparison!.conclusions).toEqual([
    expect.stringMatching(/^The images or labels of images .* cannot be compared\.$/),
    "A and B were measured on different data, so their difference says nothing about their settings.",
  ]);
});

test("without --out the report is in the folder of the run, and the command prints its path and size", async () => {
  const { out, err, code } = await folder.runProgram(["report", "results/small", "results/small/latest"]);
  expect(code).toBe(0);
  expect(err).toContain("results/small/latest and results/small are the same run, so it is shown once");
  expect(out).toMatch(/^results\/small\/[0-9a-f]{12}\/report\.html {2}\d+ kB$/);
});

test("without the data set, the report has no images, and says why", async () => {
  renameSync(join(folder.path, "data/test"), join(folder.path, "data/elsewhere"));
  onTestFinished(() => renameSync(join(folder.path, "data/elsewhere"), join(folder.path, "data/test")));
  const file = join(folder.path, "plain.html");
  const { code, err } = await folder.runProgram(["report", "results/small", "--out", file]);
  expect(code).toBe(0);
  expect(err).toMatch(/^notice: the report has no images: /);
  expect(readFileSync(file, "utf8")).toContain(`"images":null`);
});

test("a folder without a run is an error that states the expected argument", async () => {
  const { err, code } = await runProgram(["report", "nothing"], folder.path);
  expect(code).toBe(2);
  expect(err).toContain("there is no such run");
});

describe.skipIf(chromiumPath === undefined)("in Chromium (skipped if it is not installed):", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  /** Opens a report as a file. Every message of the page fails the test at its end. */
  async function open(html: string, width = 1280): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) said.push(`requests ${request.url()}`);
    });
    onTestFinished(async () => {
      expect(said).toEqual([]);
      await context.close();
    });
    const file = join(folder.path, "opened.html");
    folder.write("opened.html", html);
    await page.goto(pathToFileURL(file).href);
    await expect.poll(() => page.locator(".chart:not(:has(svg))").count(), { timeout: 60_000 }).toBe(0);
    return page;
  }

  test("every chart has marks, and every section of a sweep is there", async () => {
    const page = await open(await report("results/small"));
    const sections = await page.locator("main section").evaluateAll((all) => all.map(({ id }) => id));
    expect(sections).toEqual([
      "trials",
      "settings",
      "importance",
      "search",
      "curves",
      "mistakes",
      "calibration",
      "network",
      "compare",
      "draw",
      "reproduce",
    ]);
    const marks = await page.locator(".chart svg").evaluateAll((charts) =>
      charts.map((chart) => ({
        name: chart.getAttribute("aria-label"),
        marks: chart.querySelectorAll(
          "g[data-mark$=dot] *, g[data-mark=line] path, g[data-mark=bar] rect, g[data-mark=contour] path",
        ).length,
      })),
    );
    expect(marks.length).toBeGreaterThanOrEqual(14);
    expect(marks.filter((chart) => chart.marks === 0)).toEqual([]);
  });

  test("the summary states the range of the experiment file, and the values of a list", async () => {
    const page = await open(await report("results/small"));
    expect(await page.locator(".swept").textContent()).toMatch(
      /^Swept: learningRate \(0\.01 to 1, log scale\) and units \(4, 8, 16\)\./,
    );
  });

  test("two trials are compared by the settings that differ, and then by their results", async () => {
    const page = await open(await report("results/small"));
    const table = page.getByRole("region", { name: "Settings and results of both trials" });
    const rows = await table
      .locator("tr")
      .evaluateAll((all) => all.map((row) => Array.from(row.children, ({ textContent }) => textContent)));
    const result = rows.findIndex(([name]) => name === "Result");
    const settings = ["optimizer.learningRate", "model.layers[1].units", "seed"];
    for (const [name, first, second] of rows.slice(1, result)) {
      expect(settings).toContain(name);
      expect(first).not.toBe(second);
    }
    expect(rows.slice(result + 1, result + 3).map(([name]) => name)).toEqual([
      "validation accuracy",
      "test accuracy",
    ]);
    expect(rows.map(([name]) => name)).not.toContain("epochs");
  });

  test("hostile names are shown as text", async () => {
    const page = await open(await report("results/small"));
    expect(await page.locator("h1").textContent()).toBe(description);
    const heads = await page
      .locator(".confusion thead th[scope=col]")
      .evaluateAll((all) => all.map((each) => each.getAttribute("title")));
    expect(new Set(heads.filter(Boolean))).toEqual(new Set(hostileClasses));
    expect(await page.locator("script").count()).toBe(2);
  });

  test.each(["light", "dark"] as const)("axe finds nothing serious in the %s theme", async (colorScheme) => {
    const page = await open(await report("results/small"));
    await page.emulateMedia({ colorScheme });
    await page.locator("summary").click();
    for (const set of ["validation", "test"]) {
      await page.locator(`#mistakes input[value=${set}]`).check();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(serious.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
    }
  });

  test("brushing an axis filters the table and the charts, and a click drops the filter", async () => {
    const page = await open(await report("results/small"));
    const rows = page.locator("table.trials tbody tr");
    const dots = page.locator("#search .chart").first().locator("circle");
    expect(await rows.count()).toBe(18);
    expect(await dots.count()).toBe(18);
    const overlay = page.locator('.brush[data-axis="learningRate"] .overlay');
    await overlay.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await overlay.boundingBox())!;
    await page.mouse.move(x + width / 2, y + 1);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y + height / 3, { steps: 4 });
    await page.mouse.up();
    // Of three values, the largest: three sizes × two seeds.
    await expect.poll(() => rows.count()).toBe(6);
    await expect.poll(() => dots.count()).toBe(6);
    await page.getByRole("button", { name: "Select all" }).click();
    await expect.poll(() => rows.count()).toBe(18);
  });

  test("a range typed into a field selects the same trials", async () => {
    const page = await open(await report("results/small"));
    await page.locator("summary").press("Enter");
    await page.getByLabel("units from").fill("8");
    await page.getByLabel("units from").press("Enter");
    await expect.poll(() => page.locator("table.trials tbody tr").count()).toBe(12);
  });

  test("the table is sorted by a column, filtered by a text, and saved as CSV", async () => {
    const page = await open(await report("results/small"));
    await page.getByRole("button", { name: "trial", exact: true }).click();
    await page.getByRole("button", { name: "trial", exact: true }).click();
    const first = page.locator("table.trials tbody tr").first().locator("td").first();
    expect(await first.textContent()).toBe("1");
    const rows = page.locator("table.trials tbody tr");
    await page.getByRole("searchbox").fill("completed pruned");
    await expect.poll(() => rows.count()).toBe(0);
    await page.getByRole("searchbox").fill("COMPLETED");
    await expect.poll(() => rows.count()).toBe(18);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as CSV" }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trim()
      .split("\r\n");
    expect(lines).toHaveLength(19);
    expect(lines[0]).toContain(
      "trial,validation.accuracy,seed,optimizer.learningRate,model.layers[1].units,status",
    );
  });

  test("a cell of the confusion matrix opens its images", async () => {
    const page = await open(await report("results/small"));
    const cell = page.locator(".confusion button:not([disabled])").first();
    await cell.click();
    const images = Number((await cell.textContent()) ?? "0");
    expect(images).toBeGreaterThan(0);
    await expect.poll(() => page.locator("#mistakes .two .images li").count()).toBe(Math.min(images, 20));
  });

  test("the keyboard switches the whole page from the validation to the test images", async () => {
    const page = await open(await report("results/small"));
    const images = page.locator("#mistakes").getByRole("group", { name: "Images" });
    const intro = page.locator("#mistakes .intro").first();
    expect(await images.getByRole("radio", { name: "validation" }).isChecked()).toBe(true);
    expect(await intro.textContent()).toMatch(/among 30 validation images .* slightly optimistic\.$/);
    await images.getByRole("radio", { name: "validation" }).press("ArrowRight");
    await expect.poll(() => intro.textContent()).toMatch(/among 60 test images .* never used to choose/);
    expect(await page.locator("#calibration .intro").textContent()).toContain("on the test images");
    expect(await page.locator("#calibration").getByRole("radio", { name: "test" }).isChecked()).toBe(true);
    const titles = page.locator("#network .images li").first();
    await expect.poll(() => titles.getAttribute("title")).toMatch(/image \d+ of the test images$/);
    await page.locator("#network").getByRole("radio", { name: "test" }).press("ArrowLeft");
    await expect.poll(() => titles.getAttribute("title")).toMatch(/image \d+ of the training images$/);
  });

  test("on 400 pixels nothing is wider, trials begin with their metric, and no number is broken", async () => {
    const page = await open(await report("results/small"), 400);
    const width = await page.locator("html").evaluate((html) => html.scrollWidth);
    expect(width).toBeLessThanOrEqual(400);
    const head = await page.getByRole("button", { name: "validation accuracy" }).boundingBox();
    expect(head!.x + head!.width).toBeLessThanOrEqual(400);
    const heights = await page
      .locator("#compare td.number")
      .evaluateAll((cells) => cells.map(({ clientHeight }) => clientHeight));
    expect(heights.length).toBeGreaterThan(0);
    expect(Math.max(...heights)).toBeLessThan(40);
  });

  test("the table of runs fits, and the conclusion of the comparison is above it", async () => {
    const page = await open(await report("results/small", "results/larger"));
    expect(await page.locator("#runs .conclusion").textContent()).toMatch(/(beyond|within) noise/);
    const overflow = await page
      .getByRole("region", { name: "Table of runs" })
      .evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(overflow).toBe(0);
  });

  test("a single trial gives a short page, whose network predicts like the program and recognizes a 3", async () => {
    folder.write("single.yaml", single);
    const run = await folder.runProgram(["experiment", "single.yaml", "--out", "results"]);
    expect(run.code).toBe(0);
    const page = await open(await report("results/single"));
    const sections = await page.locator("main section").evaluateAll((all) => all.map(({ id }) => id));
    expect(sections).toEqual(["curves", "mistakes", "calibration", "network", "draw", "reproduce"]);
    // The network in the page makes the predictions that the program stored after the training.
    const offered = page.locator("#network .images button");
    expect(await offered.count()).toBe(12);
    for (let at = 0; at < 12; at++) {
      const image = offered.nth(at);
      const [, stored, percent] = /(\d) · (\d+)\s%/.exec((await image.textContent()) ?? "") ?? [];
      await image.click();
      const predicted = page.locator("#network .pair-of-images p").first();
      await expect.poll(() => predicted.textContent()).toMatch(new RegExp(`predicted ${stored},`));
      const computed = Number(/, ([\d.]+)\s%/.exec((await predicted.textContent()) ?? "")?.[1]);
      // The stored number is rounded to whole percent, the computed one to tenths.
      expect(Math.abs(computed - Number(percent))).toBeLessThanOrEqual(0.55);
    }
    await draw(page, [
      [0.28, 0.24],
      [0.42, 0.15],
      [0.6, 0.18],
      [0.66, 0.3],
      [0.58, 0.42],
      [0.44, 0.48],
      [0.6, 0.53],
      [0.7, 0.65],
      [0.64, 0.79],
      [0.46, 0.85],
      [0.28, 0.77],
    ]);
    await expect.poll(() => page.locator("[data-predicted]").getAttribute("data-predicted")).toBe("3");
  });

  async function draw(page: Page, points: readonly (readonly [x: number, y: number])[]): Promise<void> {
    const canvas = page.locator(".draw .canvas canvas");
    await canvas.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const [start, ...rest] = points.map(([u, v]) => [x + u * width, y + v * height] as const);
    await page.mouse.move(...start!);
    await page.mouse.down();
    for (const [u, v] of rest) await page.mouse.move(u, v, { steps: 5 });
    await page.mouse.up();
  }
});
