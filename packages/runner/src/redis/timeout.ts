/** Waits for a promise that may fail or never resolve, up to a time limit. */
export async function withTimeout(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([work.catch(() => {}), late.promise]);
  clearTimeout(timer);
}
