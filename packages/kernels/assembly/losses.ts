import { exp1, exp2lanes, log1 } from "./elementary";

/**
 * Returns the largest of `count` numbers. It may skip a NaN, but results computed from the row are then NaN.
 */
function largest(x: usize, count: u32): f32 {
  let result = load<f32>(x);
  for (let j: u32 = 1; j < count; j++) {
    const value = load<f32>(x + (<usize>j << 2));
    if (value > result) result = value;
  }
  return result;
}

/**
 * Backend.softmaxCrossEntropy; logits and gradient (rows, classes), labels i32 (rows). Returns the mean loss.
 */
export function softmaxCrossEntropy(logits: usize, labels: usize, rows: u32, classes: u32, gradient: usize): f64 {
  const step = <usize>classes << 2;
  const count = <f32>rows;
  let total: f64 = 0;
  for (let n: u32 = 0; n < rows; n++) {
    const m = largest(logits, classes);
    let sum: f32 = 0;
    let j: u32 = 0;
    for (; j + 2 <= classes; j += 2) {
      const at = <usize>j << 2;
      const z = f32x4.sub(v128.load64_zero(logits + at), f32x4.splat(m));
      const e = f32x4.demote_f64x2_zero(exp2lanes(f64x2.promote_low_f32x4(z)));
      v128.store64_lane(gradient + at, e, 0);
      sum += f32x4.extract_lane(e, 0);
      sum += f32x4.extract_lane(e, 1);
    }
    if (j < classes) {
      const at = <usize>j << 2;
      const e = <f32>exp1(<f64>(load<f32>(logits + at) - m));
      store<f32>(gradient + at, e);
      sum += e;
    }
    const label = <usize>load<u32>(labels + (<usize>n << 2)) << 2;
    total += log1(<f64>sum) - <f64>(load<f32>(logits + label) - m);
    for (j = 0; j < classes; j++) {
      const at = <usize>j << 2;
      const p = load<f32>(gradient + at) / sum;
      store<f32>(gradient + at, (at == label ? p - 1 : p) / count);
    }
    logits += step;
    gradient += step;
  }
  return total / <f64>rows;
}

/**
 * Backend.squaredError; outputs and gradient (rows, classes), labels i32 (rows). Returns the mean of the
 * squares.
 */
export function squaredError(outputs: usize, labels: usize, rows: u32, classes: u32, gradient: usize): f64 {
  const elements = <f64>rows * <f64>classes;
  const factor = <f32>(2 / elements);
  let total: f64 = 0;
  for (let n: u32 = 0; n < rows; n++) {
    const label = load<u32>(labels + (<usize>n << 2));
    for (let j: u32 = 0; j < classes; j++) {
      const difference = load<f32>(outputs) - (j == label ? <f32>1 : <f32>0);
      store<f32>(gradient, factor * difference);
      total += <f64>difference * <f64>difference;
      outputs += 4;
      gradient += 4;
    }
  }
  return total / elements;
}

/**
 * Counts the rows whose largest value (the first of equal ones) is at their label. A row with a NaN counts as
 * wrong.
 */
export function countCorrect(outputs: usize, labels: usize, rows: u32, classes: u32): u32 {
  let correct: u32 = 0;
  for (let n: u32 = 0; n < rows; n++) {
    let best: u32 = 0;
    let value = load<f32>(outputs);
    let isNumber = value == value;
    for (let j: u32 = 1; j < classes; j++) {
      const other = load<f32>(outputs + (<usize>j << 2));
      isNumber = isNumber && other == other;
      if (other > value) {
        value = other;
        best = j;
      }
    }
    if (isNumber && best == load<u32>(labels + (<usize>n << 2))) correct++;
    outputs += <usize>classes << 2;
  }
  return correct;
}
