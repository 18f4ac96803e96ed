import { testInitializer } from "../testing.ts";
import { glorot } from "./glorot.ts";

testInitializer(glorot, [
  { variance: ({ fanIn, fanOut }) => 2 / (fanIn + fanOut) },
  { options: { distribution: "uniform" }, variance: ({ fanIn, fanOut }) => 2 / (fanIn + fanOut) },
]);
