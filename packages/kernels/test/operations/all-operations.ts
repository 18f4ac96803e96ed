import { channels } from "./channels.ts";
import { convolutions } from "./convolutions.ts";
import { elementwiseFunctions } from "./elementwise-functions.ts";
import { data } from "./data.ts";
import { elementwise } from "./elementwise.ts";
import { images } from "./images.ts";
import { losses } from "./losses.ts";
import { optimizers } from "./optimizers.ts";
import { products } from "./products.ts";
import { recurrentSteps } from "./recurrent-steps.ts";
import { rowNormalization } from "./row-normalization.ts";
import { softmaxes } from "./softmax.ts";
import type { Operation, OperationCases } from "../same-bytes.ts";

/**
 * Tests of every operation of `Backend`, on random shapes. A missing operation is a type error; add it to the
 * file of its kind.
 */
export const operationCases: Required<OperationCases> = {
  ...products,
  ...convolutions,
  ...channels,
  ...rowNormalization,
  ...elementwise,
  ...elementwiseFunctions,
  ...softmaxes,
  ...recurrentSteps,
  ...losses,
  ...optimizers,
  ...data,
  ...images,
};

export const operations = Object.keys(operationCases).filter(isOperation);

function isOperation(name: string): name is Operation {
  return name in operationCases;
}
