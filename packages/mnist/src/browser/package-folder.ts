/** Returns undefined, because a page has no npm packages. */
export function findPackageFolder(_name: string): string | undefined {
  return undefined;
}
