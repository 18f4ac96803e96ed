import { testInitializer, testSchedule } from "@nn/layers/testing";
import { testAugmentation } from "@nn/mnist/testing";
import { testPruner, testSampler } from "@nn/sweep/testing";

import { bestNeighbour } from "./custom/best-neighbour.ts";
import { fade } from "./custom/fade.ts";
import { halving } from "./custom/halving.ts";
import { hopeless } from "./custom/hopeless.ts";
import { small } from "./custom/small.ts";

// The contract suites, called for custom parts as a user would call them.

testSampler(bestNeighbour, [{ trials: 12 }], { runs: 60 });
testPruner(hopeless, [{ bound: 0 }, { bound: 2, after: 3 }]);
testAugmentation(fade, { nothing: { max: 0 }, something: { max: 0.4 } });
testSchedule(halving, [{}, { every: 3 }]);
testInitializer(small, [{ options: { bound: 0.3 }, variance: () => 0.03 }]);
