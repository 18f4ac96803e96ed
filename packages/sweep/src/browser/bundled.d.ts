/** Vite and rolldown replace `glob` when they bundle a page. */
interface ImportMeta {
  glob<Module>(patterns: readonly string[], options: { readonly eager: true }): Record<string, Module>;
}
