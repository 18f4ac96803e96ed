/** What Vite and rolldown put in place of it when they bundle a page. */
interface ImportMeta {
  glob<Module>(patterns: readonly string[], options: { readonly eager: true }): Record<string, Module>;
}
