import { expect, test } from "vitest";

import { describeMatchByLabel, matchClasses, relabel } from "./match-classes.ts";

const network = { classes: 3, classNames: ["cat", "dog", "zebra"], source: "x" };
const numbers = (classes: number) => ({ classes });
const names = (...classNames: string[]) => ({ classes: classNames.length, classNames });

test("classes are matched by name, in any order, also if some are absent", () => {
  expect(matchClasses(network, names("zebra", "cat"))).toEqual({ labels: [2, 0], isByLabel: false });
  // Folders are sorted by name: 10 before 2.
  const folders = names("0", "1", "10", "2");
  expect(matchClasses(numbers(11), folders)).toEqual({ labels: [0, 1, 10, 2], isByLabel: false });
  expect(matchClasses(names("0", "1", "2"), numbers(2))).toEqual({ labels: [0, 1], isByLabel: false });
});

test("if only one side has names, classes are matched by label, if there are as many", () => {
  expect(matchClasses(network, numbers(3))).toEqual({ labels: [0, 1, 2], isByLabel: true });
  expect(matchClasses(numbers(2), names("cat", "dog"))).toEqual({ labels: [0, 1], isByLabel: true });
  expect(matchClasses(network, numbers(2))).toBeUndefined();
  expect(matchClasses(numbers(3), numbers(2))).toBeUndefined();
  expect(matchClasses(numbers(3), numbers(3))).toEqual({ labels: [0, 1, 2], isByLabel: false });
  expect(describeMatchByLabel(numbers(2), names("cat", "dog"))).toBe(
    'only the data set has names of classes, so they are matched with the labels of the network: 0 is "cat", ' +
      '1 is "dog"',
  );
});

test("an unknown class is an error only if it has images", () => {
  const dataset = names("dog", "emu");
  const match = matchClasses(network, dataset)!;
  expect(relabel(Int32Array.of(0, 0), match, network, dataset)).toEqual(Int32Array.of(1, 1));
  expect(() => relabel(Int32Array.of(0, 1), match, network, dataset)).toThrow(
    'x: the network has classes "cat", "dog", "zebra", but the data set also has images of class "emu". Remove',
  );
});
