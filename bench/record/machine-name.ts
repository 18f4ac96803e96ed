/** The name of a machine's file in bench/results/: its processor and cores, such as amd-epyc-zen-5-2. */
export function machineName({ processor = "", cores = "" }: Record<string, string>): string {
  return `${processor} ${cores}`
    .toLowerCase()
    .replaceAll(/\((?:r|tm)\)|@.*hz|\bcpu\b|\bprocessor\b/g, " ")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
