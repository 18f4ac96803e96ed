import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";

/** The libraries that the benches compare us with. */
export type PeerName = "PyTorch" | "NumPy" | "Optuna" | "jax-js" | "TensorFlow.js";

interface Peer {
  /** How to install it. */
  readonly install: string;
  /** The installed version, or undefined. */
  readVersion(): string | undefined;
}

const python = { command: "/usr/bin/python3" };

/** The Python that has the peers written in it. */
export function pythonCommand(): string {
  return python.command;
}

/** Uses that Python from now on. */
export function choosePython(command: string): void {
  python.command = command;
  versions.clear();
}

const peers: Readonly<Record<PeerName, Peer>> = {
  PyTorch: pythonPeer("torch"),
  NumPy: pythonPeer("numpy"),
  Optuna: pythonPeer("optuna"),
  "jax-js": nodePeer("@jax-js/jax"),
  "TensorFlow.js": nodePeer("@tensorflow/tfjs"),
};

function pythonPeer(module: string): Peer {
  return {
    install: `on Debian: apt-get install python3-${module}; elsewhere --python PATH`,
    readVersion() {
      const program = `import ${module}; print(${module}.__version__)`;
      const { status, stdout } = spawnSync(python.command, ["-c", program], { encoding: "utf8" });
      return status === 0 ? stdout.trim() : undefined;
    },
  };
}

function nodePeer(name: string): Peer {
  return {
    install: "pnpm --dir bench install --frozen-lockfile",
    readVersion() {
      try {
        const file = path.join(import.meta.dirname, "node_modules", name, "package.json");
        const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
        return version;
      } catch {
        return undefined;
      }
    },
  };
}

const versions = new Map<PeerName, string | undefined>();

/** The installed version of a peer, or undefined if it is not installed. */
export function peerVersion(name: PeerName): string | undefined {
  if (!versions.has(name)) versions.set(name, peers[name].readVersion());
  return versions.get(name);
}

/** The installed peers, each with its version. */
export function installedPeers(): Map<PeerName, string> {
  const names: readonly PeerName[] = ["PyTorch", "NumPy", "Optuna", "jax-js", "TensorFlow.js"];
  return new Map(
    names.flatMap((name) => {
      const version = peerVersion(name);
      return version === undefined ? [] : [[name, version] as const];
    }),
  );
}

const named = new Set<PeerName>();

/** Whether a bench can measure that peer. If not, names it once. */
export function hasPeer(name: PeerName): boolean {
  if (peerVersion(name) !== undefined) return true;
  if (!named.has(name)) console.error(`Skipped: ${name} is not installed (${peers[name].install}).`);
  named.add(name);
  return false;
}
