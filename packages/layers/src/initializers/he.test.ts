import { testInitializer } from "../testing.ts";
import { he } from "./he.ts";

testInitializer(he, [
  { variance: ({ fanIn }) => 2 / fanIn },
  { options: { distribution: "uniform" }, variance: ({ fanIn }) => 2 / fanIn },
]);
