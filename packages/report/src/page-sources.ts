import { fileURLToPath } from "node:url";

/** The path of the entry module of the page's script. It must be bundled for browsers. */
export const pageEntry = fileURLToPath(new URL("./page/main.tsx", import.meta.url));
/** The path of the page's style sheet. */
export const pageStyle = fileURLToPath(new URL("./page/style.css", import.meta.url));
