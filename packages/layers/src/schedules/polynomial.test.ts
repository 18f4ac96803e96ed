import { testSchedule } from "../testing.ts";
import { polynomial } from "./polynomial.ts";

testSchedule(polynomial, [{}, { power: 2 }, { power: 0.5, end: 0.125 }]);
