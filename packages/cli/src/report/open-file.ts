import { spawn } from "node:child_process";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";

/** Opens a file in the system's browser. If there is no browser, calls `notice`. */
export function openFile(file: string, notice: (text: string) => void): void {
  const url = pathToFileURL(resolve(file)).href;
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(program!, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => notice(`no program can open ${url}. Open the file in a browser.`));
  child.unref();
}

/** The command that opens a URL, by platform; all others have xdg-open. */
const openers: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};
