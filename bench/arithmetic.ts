// What strict arithmetic costs: compiles the kernels a second time, from the same sources, with every
// multiplication whose product is added fused with the addition (relaxed SIMD, one rounding instead of two), and
// times the dense product of both. Every other kernel spends a smaller share of its time in such pairs, so the gain
// of the product bounds the gain of a training.
//
//   pnpm run bench:arithmetic
import { spawnSync } from "node:child_process";

import { compileModifiedKernels, getNodeFlags } from "../packages/kernels/src/node/index.ts";

/** (M, K)·(K, N): layers of 784-128-10 and 784-512-10, and a square product that fits into the L2 cache. */
const SHAPES = [
  [100, 784, 128],
  [128, 784, 512],
  [256, 256, 256],
] as const;
const ROUNDS = 7;
const FUSED = /f32x4\.add\((\w+), f32x4\.mul\((\w+|v128\.load\([^()]*\)), (\w+|v128\.load\([^()]*\))\)\)/g;

type Kind = "strict" | "fused";

if (process.argv[2] === "child") {
  process.stdout.write(
    JSON.stringify(measure(await compile(process.argv[3] === "fused" ? "fused" : "strict"))),
  );
} else {
  // In turn; the best of each, because a shared machine only ever adds time.
  const best = { strict: SHAPES.map(() => Infinity), fused: SHAPES.map(() => Infinity) };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ["strict", "fused"] as const)
      best[kind] = child(kind).map((time, i) => Math.min(time, best[kind][i]!));
  }
  console.log(
    `dense products, microseconds, the best of ${ROUNDS} rounds`.padEnd(60),
    "strict   fused   gain",
  );
  for (const [i, [M, K, N]] of SHAPES.entries()) {
    const [strict, fused] = [best.strict[i]!, best.fused[i]!];
    console.log(
      `(${M}, ${K})·(${K}, ${N})`.padEnd(58),
      strict.toFixed(1).padStart(8),
      fused.toFixed(1).padStart(7),
      `${((strict / fused - 1) * 100).toFixed(0)} %`.padStart(6),
    );
  }
}

function child(kind: Kind): number[] {
  const args = [...getNodeFlags(256), import.meta.filename, "child", kind];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const times: number[] = JSON.parse(stdout);
  return times;
}

async function compile(kind: Kind): Promise<WebAssembly.Module> {
  let pairs = 0;
  const fuse = (text: string): string =>
    text.replaceAll(FUSED, (_all, sum: string, a: string, b: string) => {
      pairs++;
      return `f32x4.relaxed_madd(${a}, ${b}, ${sum})`;
    });
  const binary = await (kind === "fused"
    ? compileModifiedKernels(fuse, { features: ["relaxed-simd"] })
    : compileModifiedKernels((text) => text));
  if (kind === "fused" && pairs < 50) throw new Error(`Only ${pairs} pairs were fused.`);
  return new WebAssembly.Module(Uint8Array.from(binary));
}

/** Microseconds of each product. */
function measure(module: WebAssembly.Module): number[] {
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 16_384, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort() {} } });
  const { gemm, heapBase } = exports;
  if (typeof gemm !== "function" || typeof heapBase !== "function")
    throw new Error("The kernels have no gemm.");
  const base = Math.ceil(Number(heapBase()) / 64) * 64;
  return SHAPES.map(([M, K, N]) => {
    const a = base;
    const b = a + 4 * M * K;
    const c = b + 4 * K * N;
    const panel = c + 4 * M * N;
    const numbers = new Float32Array(memory.buffer, base, M * K + K * N);
    for (let i = 0; i < numbers.length; i++) numbers[i] = ((i * 7919) % 1000) / 1000 - 0.5;
    const product = () => gemm(M, N, K, a, 4 * K, 4, b, 4 * N, 0, c, 4 * N, 0, 0, 0, 0, panel);
    for (let i = 0; i < 30; i++) product();
    let best = Infinity;
    for (let i = 0; i < 300; i++) {
      const start = performance.now();
      product();
      best = Math.min(best, performance.now() - start);
    }
    return best * 1000;
  });
}
