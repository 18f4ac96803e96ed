import { registerHooks } from "node:module";

/** What a custom part may import by name, wherever its file is. */
const OURS = /^(@nn\/|typebox($|\/))/;

let isOffered = false;

/**
 * Lets a file outside the workspace import our packages: what is not found from its own folder is looked for
 * from here. So a custom part can lie beside its experiment, on any disk, with nothing to install.
 */
export function resolveWorkspacePackages(): void {
  // Once: a second hook would look twice for everything that is not there, a third four times.
  if (isOffered) return;
  isOffered = true;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (!OURS.test(specifier)) throw error;
        try {
          return nextResolve(specifier, { ...context, parentURL: import.meta.url });
        } catch {
          throw error; // it names the file that imports; the second names this one
        }
      }
    },
  });
}
