import { testInitializer } from "../testing.ts";
import { zeros } from "./zeros.ts";

testInitializer(zeros, [{ variance: () => 0 }]);
