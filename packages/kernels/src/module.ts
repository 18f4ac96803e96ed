import { readBinary } from "#platform/binary";

// The compiler of assembly/ writes this file, which declares the kernels with their parameters.
import type { instantiate as instantiateDescribed } from "../dist/kernels.d.ts";

type Described = Omit<Awaited<ReturnType<typeof instantiateDescribed>>, "memory">;

/**
 * The exports of assembly/index.ts, where the parameters are explained. Addresses and lengths are integers.
 * Booleans are 0 and 1, because the mailbox of a thread contains only numbers.
 */
export type Kernels = { readonly [Name in keyof Described]: InNumbers<Described[Name]> };

type InNumbers<Function> = Function extends (...args: infer Arguments) => infer Result
  ? (...args: { [At in keyof Arguments]: AsNumber<Arguments[At]> }) => AsNumber<Result>
  : never;

type AsNumber<Value> = Value extends boolean ? number : Value;

/**
 * Compiles the kernels. V8 caches compiled code by the bytes of a module. `variant` is added to the bytes as
 * a custom section, so that V8 does not reuse code that was compiled with other flags.
 */
export function compileModule(variant: string): WebAssembly.Module {
  const name = new TextEncoder().encode(variant);
  const section = [0, name.length + 1, name.length, ...name]; // id, size, name; a size below 128 is one byte
  const binary = readBinary();
  const bytes = new Uint8Array(binary.length + section.length);
  bytes.set(binary);
  bytes.set(section, binary.length);
  return new WebAssembly.Module(bytes);
}

/**
 * Instantiates the kernels with `memory`. Several threads can share one memory, because instantiation writes
 * only constants. After `setOwn`, kernels write temporary values only to their thread's copy of static
 * memory.
 */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  // AssemblyScript imports `abort`, but with --noAssert nothing calls it.
  const abort = () => {
    throw new Error("kernels: a kernel stopped");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  // The exports have no types. A test compares the declarations with the compiled module.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return exports as WebAssembly.Exports & Kernels;
}

/** A kernel: a function of numbers that returns a number or nothing. */
export type Kernel<Arguments extends number[] = number[]> = (...args: Arguments) => number | void;

/** Returns the kernels in the order of the module, which is the same on every thread. */
export function listKernels(kernels: Kernels): readonly Kernel[] {
  return Object.values(kernels).filter((kernel) => typeof kernel === "function");
}
