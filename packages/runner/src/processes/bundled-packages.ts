/**
 * Package name → URL of its bundled module, such as "@nn/layers". The bundler of the command line fills this
 * in. It is empty while the program runs from its sources.
 */
export const bundledPackages: Readonly<Record<string, string>> = {};
