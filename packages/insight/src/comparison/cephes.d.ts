// Declares the functions of the package that this project uses. The package (3.3.3) has types, but its
// `exports` hide them from TypeScript.
declare module "cephes" {
  /** Resolves once the WebAssembly modules are ready. */
  export const compiled: Promise<void>;
  /** The regularized incomplete beta function I_x(a, b). */
  export function incbet(a: number, b: number, x: number): number;
  /** The x with I_x(a, b) = y. */
  export function incbi(a: number, b: number, y: number): number;
}
