import { testSchedule } from "../testing.ts";
import { constant } from "./constant.ts";

testSchedule(constant, [{}]);
