/** Returns undefined, because a page has no npm packages. */
export function packageFolder(_name: string): string | undefined {
  return undefined;
}
