import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

const piece = new Uint8Array(1 << 20);

/** A disk in memory, mounted at a folder, which can be filled completely. */
export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  constructor(folder: string, megabytes: number) {
    this.folder = folder;
    this.#ballast = path.join(folder, "ballast");
    mkdirSync(folder, { recursive: true });
    run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "nn-faults", folder);
    // Unmounts the disk. Call it before the parent folder is removed.
    process.prependListener("exit", () => this.remove());
  }

  /** Fills the disk again after some space was freed. */
  fill(): void {
    const file = openSync(this.#ballast, "a");
    for (const bytes of [piece.length, 1]) {
      try {
        for (;;) writeSync(file, piece, 0, bytes);
      } catch {
        // no space is left for so much
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  remove(): void {
    spawnSync("umount", ["--lazy", this.folder]);
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr.trim()}`);
}
