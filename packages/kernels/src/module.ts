import { readBinary } from "#platform/binary";

// Written by the compiler of assembly/ beside the kernels: names and parameters, in their order.
import type { instantiate as instantiateDescribed } from "../dist/kernels.d.ts";

type Described = Omit<Awaited<ReturnType<typeof instantiateDescribed>>, "memory">;

/**
 * What assembly/index.ts exports; see the assembly for the meaning of the parameters. Addresses and lengths
 * are whole numbers. Truth values are 0 and 1, as a thread's mailbox holds nothing but numbers.
 */
export type Kernels = { readonly [Name in keyof Described]: InNumbers<Described[Name]> };

type InNumbers<Function> = Function extends (...args: infer Arguments) => infer Result
  ? (...args: { [At in keyof Arguments]: AsNumber<Arguments[At]> }) => AsNumber<Result>
  : never;

type AsNumber<Value> = Value extends boolean ? number : Value;

/**
 * Compiles the kernels. V8 keeps compiled code by a module's bytes; `variant` is written into them as a
 * custom section, so that a module compiled with other options is compiled anew.
 */
export function compileModule(variant: string): WebAssembly.Module {
  const name = new TextEncoder().encode(variant);
  const section = [0, name.length + 1, name.length, ...name]; // id, size, name; the sizes are below 128
  const binary = readBinary();
  const bytes = new Uint8Array(binary.length + section.length);
  bytes.set(binary);
  bytes.set(section, binary.length);
  return new WebAssembly.Module(bytes);
}

/**
 * The kernels over `memory`. Several threads may have kernels over one memory: what instantiation writes
 * there are constants, and what kernels write beside their operands is in a copy of static memory of each
 * thread's own, once `setOwn` has named it.
 */
export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  // `abort` is AssemblyScript's own; with --noAssert nothing calls it.
  const abort = () => {
    throw new Error("kernels: a kernel stopped");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  // WebAssembly's exports carry no types; a test holds the description to the compiled module.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return exports as WebAssembly.Exports & Kernels;
}

/** Any kernel: takes numbers, returns one or nothing. */
export type Kernel<Arguments extends number[] = number[]> = (...args: Arguments) => number | void;

/** The kernels in the order of the module, which is the same on every thread. */
export function kernelTable(kernels: Kernels): readonly Kernel[] {
  return Object.values(kernels).filter((kernel) => typeof kernel === "function");
}
