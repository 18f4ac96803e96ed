import { testInitializer } from "../testing.ts";
import { lecun } from "./lecun.ts";

testInitializer(lecun, [
  { variance: ({ fanIn }) => 1 / fanIn },
  { options: { distribution: "uniform" }, variance: ({ fanIn }) => 1 / fanIn },
]);
