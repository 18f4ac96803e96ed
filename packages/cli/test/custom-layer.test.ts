import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { encode } from "fast-png";
import { expect, test } from "vitest";

import { createSmallDataFolders } from "./support/small-data.ts";

const prepare = createSmallDataFolders();

const spec = `
name: small
dataset: { type: mnist, validation: 100 }
model:
  layers:
    - { type: flatten }
    - { type: dense, units: 12 }
    - { type: ./layers/swish.ts, beta: 1.5 }
    - { type: dense, units: 10 }
optimizer: { type: sgd, learningRate: 0.1, momentum: 0.9 }
training: { epochs: 5, batchSize: 32 }
`;

/** Creates a folder with the experiment and its layer, in which no package is installed. */
function prepareOwnLayer(text: string): ReturnType<typeof prepare> {
  const folder = prepare(text);
  cpSync(
    fileURLToPath(new URL("../../../experiments/layers", import.meta.url)),
    join(folder.path, "layers"),
    {
      recursive: true,
    },
  );
  return folder;
}

test("a layer in a file beside the experiment learns", async () => {
  const folder = prepareOwnLayer(spec);
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toContain("dense 12 → swish 12 → dense 10");
  const accuracy = Number(folder.read("results.csv").trim().split(",").at(-1));
  expect(accuracy).toBeGreaterThan(0.7); // guessing: 0.1
});

test("its options are swept like any other", async () => {
  const folder = prepareOwnLayer(
    `${spec}
sweep:
  sampler: { type: grid }
  parameters:
    model.layers[2].beta: [0.5, 1, 4]
`,
  );
  const { code, out } = await folder.run();
  expect(code).toBe(0);
  expect(out).toMatch(/^ +beta +validation\.accuracy/m);
  const losses = folder
    .read("results.csv")
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",").at(-2));
  expect(new Set(losses).size).toBe(3);
});

test("its options are checked like any other", async () => {
  const folder = prepareOwnLayer(spec.replace("beta: 1.5", "bta: 1.5"));
  const { code, err } = await folder.run();
  expect(code).toBe(2);
  expect(err).toContain("spec.yaml:8:");
  expect(err).toContain("beta");
});

test("a layer whose file ends the process is an error", async () => {
  const folder = prepareOwnLayer(spec);
  const file = join(folder.path, "layers/swish.ts");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nprocess.exit(0);\n`);
  const { exitCode, stderr } = await folder.startProgram(["validate", "spec.yaml"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("error: the program ended before the command was done.");
});

test("a timer that the file of a layer leaves running does not keep the program running", async () => {
  const folder = prepareOwnLayer(spec.replace("epochs: 5", "epochs: 1"));
  const file = join(folder.path, "layers/swish.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, `${text}\nsetInterval(() => {}, 1000);\n`);
  const validated = await folder.startProgram(["validate", "spec.yaml"]);
  expect(validated).toMatchObject({ exitCode: 0, stderr: "" });
  expect(validated.stdout).toContain("spec.yaml: OK");
  expect(await folder.start()).toMatchObject({ exitCode: 0, stderr: "" });
  expect(folder.read("results.csv")).toContain("completed");
  // The exit code of a failed command stays.
  writeFileSync(file, `${text}\nsetInterval(() => {}, 1000);\nexport const other = swish2;\n`);
  expect(await folder.startProgram(["validate", "spec.yaml"])).toMatchObject({ exitCode: 2, stdout: "" });
});

test("a layer whose file never finishes loading is an error of the experiment", async () => {
  const folder = prepareOwnLayer(spec);
  const file = join(folder.path, "layers/swish.ts");
  writeFileSync(file, `${readFileSync(file, "utf8")}\nawait new Promise(() => {});\n`);
  const commands = [folder.startProgram(["validate", "spec.yaml"]), folder.start()];
  for (const { exitCode, stderr } of await Promise.all(commands)) {
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: spec\.yaml:\d+:\d+: the layer \.\/layers\/swish\.ts cannot be used: /);
    expect(stderr).toContain("it did not finish loading within 10 s");
    expect(stderr).toContain("Correct that file, or name a layer of the catalog.");
    expect(stderr).not.toContain("Warning");
  }
});

test.each([
  ["is missing", null, "there is no such file"],
  ["has a syntax error", "export const swish = ;", "could not be loaded: SyntaxError"],
  ["exports no layer", "export const nothing = 1;", 'There is no layer of type "./layers/swish.ts"'],
  ["throws", 'throw new Error("Not today.");', "could not be loaded: Error: Not today"],
])("evaluate names a custom layer whose file %s", async (_fault, text, reason) => {
  const folder = prepareOwnLayer(spec.replace("epochs: 5", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const file = join(folder.path, "layers/swish.ts");
  if (text === null) rmSync(file);
  else writeFileSync(file, text);
  const command = ["evaluate", join(folder.runFolder(), "trials/1"), "--data", "data"];
  const { exitCode, stderr } = await folder.startProgram(command);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("model.safetensors needs ./layers/swish.ts, which cannot be used: ");
  expect(stderr).toContain(reason);
  expect(stderr).toContain("Restore the file as it was during the training, or run the experiment again.");
  expect(stderr).not.toContain("bug in the program");
});

test("evaluate reports that a custom layer has changed since the training", async () => {
  const folder = prepareOwnLayer(spec.replace("epochs: 5", "epochs: 1"));
  expect((await folder.run()).code).toBe(0);
  const command = ["evaluate", folder.runFolder(), "--data", "data"];
  expect((await folder.runProgram(command)).err).toBe("");
  appendFileSync(join(folder.path, "layers/swish.ts"), "// A remark.\n");
  const { code, err } = await folder.runProgram(command);
  expect(code).toBe(0);
  expect(err).toMatch(/^notice: \.\/layers\/swish\.ts has changed since .*model\.safetensors was trained/);
});

test("what a custom part prints goes to standard error, so that standard output contains only data", async () => {
  const folder = prepareOwnLayer(spec.replace("epochs: 5", "epochs: 1"));
  const file = join(folder.path, "layers/swish.ts");
  const prints = 'console.log("LOG");\nconsole.info("INFO");\nprocess.stdout.write("DIRECT\\n");\n';
  writeFileSync(file, `${readFileSync(file, "utf8")}\n${prints}`);
  writeFileSync(
    join(folder.path, "bar.png"),
    encode({ width: 9, height: 9, data: new Uint8Array(81).fill(255, 9, 40), channels: 1 }),
  );
  const run = await folder.run();
  expect(run.code).toBe(0);
  expect(run.out).not.toMatch(/LOG|INFO|DIRECT/);
  const evaluation = ["evaluate", folder.runFolder(), "--data", "data", "--json"];
  const prediction = ["predict", folder.runFolder(), "bar.png", "--csv"];
  for (const [command, data] of [
    [evaluation, /^\{[^]*\}$/],
    [prediction, /^file,class,.*\nbar\.png,.*$/],
  ] as const) {
    const { exitCode, stdout, stderr } = await folder.startProgram(command);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(data);
    expect(stderr).toContain("LOG\nINFO\nDIRECT");
  }
});
