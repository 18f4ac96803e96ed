// A test may take as long as the machine needs: what is slow on a busy laptop is no failure.
export const patience = { testTimeout: 300_000, hookTimeout: 300_000 };
