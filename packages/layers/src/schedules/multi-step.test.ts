import { testSchedule } from "../testing.ts";
import { multiStep } from "./multi-step.ts";

testSchedule(multiStep, [{ milestones: [2, 5] }, { milestones: [7, 1, 3], gamma: 0.5 }]);
