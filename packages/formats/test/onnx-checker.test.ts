import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { encodeOnnx } from "../src/index.ts";
import { layerNetworks, createRandomNetwork, createRandomNetworks } from "../src/testing.ts";

// ONNX's own checker (Debian: python3-onnx), which knows the operators, their attributes and their shapes.
const python = ["python3", "/usr/bin/python3"].find(
  (name) => spawnSync(name, ["-c", "import onnx"]).status === 0,
);

const program = `
import onnx, pathlib, sys
for file in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(file)
    onnx.checker.check_model(model, full_check=True)
    onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    assert model.SerializeToString() == file.read_bytes()
    print(file.stem)
`;

test.skipIf(python === undefined)(
  "ONNX's checker accepts the graphs of every layer and of random layers, and writes them as the same bytes",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "nn-onnx-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const networks = [...layerNetworks, ...createRandomNetworks(60, 2)];
    for (const each of networks)
      writeFileSync(join(folder, `${each.name}.onnx`), encodeOnnx(createRandomNetwork(each)));
    const printed = execFileSync(python!, ["-c", program, folder], { encoding: "utf8" });
    expect(printed.trim().split("\n")).toHaveLength(networks.length);
  },
);
