import { registerHooks } from "node:module";

import { bundledPackages } from "./bundled-packages.ts";

/** The packages that a custom part may import by name from any folder. */
const OURS = /^(@nn\/|typebox($|\/))/;

let isOffered = false;

/**
 * Lets a file outside the workspace import our packages: a package that is not found from the file's folder
 * is resolved from here. So a custom part can be anywhere on the disk, and needs no installation.
 */
export function resolveWorkspacePackages(): void {
  // Registered once: a second hook would search twice for every missing package, a third one four times.
  if (isOffered) return;
  isOffered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      // A second copy of a package that the program has loaded already would not know its definitions.
      const bundled = bundledPackages[specifier];
      if (bundled !== undefined) return { url: bundled, format: "module", shortCircuit: true };
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!OURS.test(specifier)) throw error;
        try {
          return nextResolve(specifier, { ...context, parentURL: import.meta.url });
        } catch {
          throw error; // The first error names the importing file; the second one would name this file.
        }
      }
    },
  });
}
