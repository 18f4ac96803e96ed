import { testSchedule } from "../testing.ts";
import { step } from "./step.ts";

testSchedule(step, [{ stepSize: 3 }, { stepSize: 1, gamma: 0.9 }]);
