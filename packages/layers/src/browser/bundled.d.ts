/** The part of `import.meta` that Vite and rolldown replace when they bundle a page. */
interface ImportMeta {
  glob<Module>(patterns: readonly string[], options: { readonly eager: true }): Record<string, Module>;
}
