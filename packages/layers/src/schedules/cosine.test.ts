import { testSchedule } from "../testing.ts";
import { cosine } from "./cosine.ts";

testSchedule(cosine, [{}, { end: 0.1 }, { restartEvery: 2, restartMultiply: 2 }]);
