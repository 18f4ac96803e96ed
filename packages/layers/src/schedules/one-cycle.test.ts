import { testSchedule } from "../testing.ts";
import { oneCycle } from "./one-cycle.ts";

testSchedule(oneCycle, [{}, { peak: 0.1, anneal: "linear" }, { peak: 0.9, startDivisor: 1, endDivisor: 1 }]);
