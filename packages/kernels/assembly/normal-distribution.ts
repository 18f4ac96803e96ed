// The distribution function of the standard normal distribution, Φ(x) = ½ + ½·erf(x/√2), of one block of numbers.
//
// erf has two formulas: a polynomial below 1, and an exponential function above, which takes three times as long.
// Most numbers in a network are below. So the polynomial is computed for all numbers; those above are copied to a
// buffer of their own, and their values replace those of the polynomial. No branch depends on a number.

import { both, erfBelow2, erfBeyond2, HALF } from "./elementary";
import { endOf } from "./lanes";
import { own } from "./own";

/** Φ of each number of the block. */
export const DISTRIBUTION: usize = memory.data(1024, 32);
/** The numbers with |x|/√2 ≥ 1, without gaps, and later their values. */
const BEYOND: usize = memory.data(1024, 32);
/** The offsets of these numbers in the block, in bytes. */
const OFFSETS: usize = memory.data(512, 4);

const SQRT_HALF: usize = memory.data<f64>([0.7071067811865476]);
/** The bits of the smallest float32 that is at least 1 after it is multiplied by √½ in float64. */
const FIRST_BEYOND: u32 = 0x3fb504f4;

/** DISTRIBUTION = Φ(x). x: `count` numbers in float32; room: the same numbers in float64. */
export function distribute(x: usize, room: usize, count: u32): void {
  const beyond = findBeyond(x, count);
  const distribution = own(DISTRIBUTION), values = own(BEYOND), offsets = own(OFFSETS);
  for (let i: u32 = 0; i < beyond; i++)
    store<f64>(values + (<usize>i << 3), load<f64>(room + load<u32>(offsets + (<usize>i << 2))));
  valuesBelow(room, endOf(room, count), distribution);
  valuesBeyond(values, endOf(values, beyond));
  for (let i: u32 = 0; i < beyond; i++)
    store<f64>(distribution + load<u32>(offsets + (<usize>i << 2)), load<f64>(values + (<usize>i << 3)));
}

/** Writes the offsets of the numbers for the second formula, NaN among them. Returns how many there are. */
function findBeyond(x: usize, count: u32): u32 {
  const offsets = own(OFFSETS);
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(offsets + (<usize>found << 2), i << 3);
    found += u32((load<u32>(x + (<usize>i << 2)) & 0x7fffffff) >= FIRST_BEYOND);
  }
  return found;
}

function valuesBelow(room: usize, end: usize, out: usize): void {
  for (; room < end; room += 32, out += 32) {
    const p0 = below(v128.load(room, 0)), p1 = below(v128.load(room, 16));
    v128.store(out, p0, 0); v128.store(out, p1, 16);
  }
}

function valuesBeyond(at: usize, end: usize): void {
  for (; at < end; at += 32) {
    const p0 = beyond(v128.load(at, 0)), p1 = beyond(v128.load(at, 16));
    v128.store(at, p0, 0); v128.store(at, p1, 16);
  }
}

@inline
function below(x: v128): v128 {
  return f64x2.add(both(HALF), f64x2.mul(both(HALF), erfBelow2(f64x2.mul(x, both(SQRT_HALF)))));
}

@inline
function beyond(x: v128): v128 {
  return f64x2.add(both(HALF), f64x2.mul(both(HALF), erfBeyond2(f64x2.mul(x, both(SQRT_HALF)))));
}
