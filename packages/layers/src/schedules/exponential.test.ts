import { testSchedule } from "../testing.ts";
import { exponential } from "./exponential.ts";

testSchedule(exponential, [{ gamma: 0.9 }, { gamma: 0.5, staircase: false }]);
