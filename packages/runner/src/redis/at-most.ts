/** Waits for something that may fail or never come: so long, and no longer. */
export async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([work.catch(() => {}), late.promise]);
  clearTimeout(timer);
}
