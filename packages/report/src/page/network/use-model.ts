import { useEffect, useState } from "preact/hooks";

import type { ReportNetwork } from "../../data/network-data.ts";
import { buildPageModel, type PageModel } from "./page-model.ts";

let built: PageModel | undefined;

/** Returns the network of the page. It is built after the first render; until then, returns undefined. */
export function useModel(network: ReportNetwork): PageModel | undefined {
  const [model, setModel] = useState(built);
  useEffect(() => {
    if (model !== undefined) return;
    const timer = setTimeout(() => {
      built ??= buildPageModel(network);
      setModel(built);
    }, 0);
    return () => clearTimeout(timer);
  }, [model, network]);
  return model;
}
