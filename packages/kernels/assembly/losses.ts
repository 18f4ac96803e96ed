import { log1 } from "./elementary";
import { exponentials } from "./exponentials";
import { BLOCK, endOf, ROOM, toDouble, toSingle } from "./lanes";
import { own } from "./own";
import { largest } from "./rows";

/**
 * Backend.softmaxCrossEntropy; logits and gradient (rows, classes), labels i32 (rows). Returns the mean loss.
 *
 * Each step runs over all rows before the next one starts. Row by row, a processor would wait for the last
 * result of each step, because a row has few numbers.
 */
export function softmaxCrossEntropy(logits: usize, labels: usize, rows: u32, classes: u32, gradient: usize): f64 {
  subtractLargest(logits, rows, classes, gradient);
  exponentiate(gradient, rows * classes);
  return divideBySums(logits, labels, rows, classes, gradient);
}

/** out = x − max_row(x) */
function subtractLargest(x: usize, rows: u32, columns: u32, out: usize): void {
  for (let row: u32 = 0; row < rows; row++) {
    const m = largest(x, columns), end = x + (<usize>columns << 2);
    for (; x + 16 <= end; x += 16, out += 16) v128.store(out, f32x4.sub(v128.load(x), f32x4.splat(m)));
    for (; x < end; x += 4, out += 4) store<f32>(out, load<f32>(x) - m);
  }
}

/** x = e^x */
function exponentiate(x: usize, length: u32): void {
  const room = own(ROOM);
  for (let i: u32 = 0; i < length; i += BLOCK) {
    const count = min<u32>(BLOCK, length - i), at = x + (<usize>i << 2);
    toDouble(at, count, room);
    exponentials(room, endOf(room, count));
    toSingle(room, count, at);
  }
}

/** e = (e / Σ_row e − onehot(label)) / rows. Returns the mean of log(Σ_row e) − (logit of the label − max_row). */
function divideBySums(logits: usize, labels: usize, rows: u32, classes: u32, e: usize): f64 {
  const step = <usize>classes << 2, count = <f32>rows;
  let total: f64 = 0;
  for (let n: u32 = 0; n < rows; n++) {
    let sum: f32 = 0;
    const end = e + step;
    for (let at = e; at < end; at += 4) sum += load<f32>(at);
    const label = <usize>load<u32>(labels + (<usize>n << 2)) << 2;
    total += log1(<f64>sum) - <f64>(load<f32>(logits + label) - largest(logits, classes));
    const ofLabel = (load<f32>(e + label) / sum - 1) / count, target = e + label;
    for (; e + 16 <= end; e += 16)
      v128.store(e, f32x4.div(f32x4.div(v128.load(e), f32x4.splat(sum)), f32x4.splat(count)));
    for (; e < end; e += 4) store<f32>(e, load<f32>(e) / sum / count);
    store<f32>(target, ofLabel);
    logits += step;
  }
  return total / <f64>rows;
}

/**
 * Backend.meanSquaredError; outputs and gradient (rows, classes), labels i32 (rows). Returns the mean of the
 * squares.
 */
export function meanSquaredError(outputs: usize, labels: usize, rows: u32, classes: u32, gradient: usize): f64 {
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
