import { registerHooks } from "node:module";

import { bundledPackages } from "./bundled-packages.ts";

/** The packages that a custom part may import by name from any folder. */
const OURS = /^(@nn\/|typebox($|\/))/;

let isOffered = false;

/**
 * Allows files outside the workspace to import our packages. If a package is not found from the importing
 * file, it is resolved from this file. So a custom part can be anywhere on the disk and needs no
 * installation.
 */
export function resolveWorkspacePackages(): void {
  // The hook is registered only once. A second hook would search twice for every missing package, a third one
  // four times.
  if (isOffered) return;
  isOffered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      // The program has already loaded the package. A second copy would have other class and definition
      // objects.
      const bundled = bundledPackages[specifier];
      if (bundled !== undefined) return { url: bundled, format: "module", shortCircuit: true };
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!OURS.test(specifier)) throw error;
        try {
          return nextResolve(specifier, { ...context, parentURL: import.meta.url });
        } catch {
          throw error; // The first error names the importing file, the second one this file.
        }
      }
    },
  });
}
