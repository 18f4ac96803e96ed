/**
 * Package name → URL of its bundled module, such as "@nn/layers". The bundler of the command line replaces
 * this map. The map is empty when the program runs from its sources.
 */
export const bundledPackages: Readonly<Record<string, string>> = {};
