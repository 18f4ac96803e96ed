import type { GruStep, GruStepBackward, LstmStep, LstmStepBackward } from "../recurrent-steps.ts";
import { createActivation } from "./activations.ts";
import { countColumns } from "./matrix.ts";
import type { Round } from "./rounding.ts";

/**
 * Returns the index of the first gate of unit k % U of example ⌊k / U⌋, in rows of `gates` · U numbers. Each
 * further gate is U numbers later.
 */
function placeOf(k: number, U: number, gates: number): number {
  return (gates - 1) * U * Math.floor(k / U) + k;
}

/** after = f·before + i·g, state = o·tanh(after); see `Backend.lstmStep`. */
export function lstmStep(round: Round, step: LstmStep): void {
  const { before, after, squashed, state } = step;
  const { data } = step.gates;
  const U = countColumns(state);
  const forgetBias = round(step.forgetBias);
  const sigmoid = createActivation(round, { kind: "sigmoid" }).f;
  const tanh = createActivation(round, { kind: "tanh" }).f;
  for (let k = 0; k < state.data.length; k++) {
    const at = placeOf(k, U, 4);
    const i = sigmoid(data[at]!);
    const f = sigmoid(round(data[at + U]! + forgetBias));
    const g = tanh(data[at + 2 * U]!);
    const o = sigmoid(data[at + 3 * U]!);
    const c = round(round(f * before.data[k]!) + round(i * g));
    const s = tanh(c);
    [data[at], data[at + U], data[at + 2 * U], data[at + 3 * U]] = [i, f, g, o];
    after.data[k] = c;
    squashed.data[k] = s;
    state.data[k] = o * s;
  }
}

/** dz = ∂loss/∂z of the gates i, f, g, o, and dc = ∂loss/∂before; see `Backend.lstmStepBackward`. */
export function lstmStepBackward(round: Round, step: LstmStepBackward): void {
  const { gates, before, squashed, dh, dc, dz } = step;
  const U = countColumns(dh);
  const product = (...factors: number[]) => factors.reduce((a, b) => round(a * b));
  for (let k = 0; k < dh.data.length; k++) {
    const at = placeOf(k, U, 4);
    const [i, f] = [gates.data[at]!, gates.data[at + U]!];
    const [g, o] = [gates.data[at + 2 * U]!, gates.data[at + 3 * U]!];
    const [d, s] = [dh.data[k]!, squashed.data[k]!];
    const m = round(dc.data[k]! + product(d, o, round(1 - round(s * s))));
    dz.data[at] = product(m, g, i, round(1 - i));
    dz.data[at + U] = product(m, before.data[k]!, f, round(1 - f));
    dz.data[at + 2 * U] = product(m, i, round(1 - round(g * g)));
    dz.data[at + 3 * U] = product(d, s, o, round(1 - o));
    dc.data[k] = m * f;
  }
}

/** after = (1 − z)·n + z·before; see `Backend.gruStep`. */
export function gruStep(round: Round, { gates, recurrent, bias, before, after }: GruStep): void {
  const { data } = gates;
  const U = countColumns(after);
  const sigmoid = createActivation(round, { kind: "sigmoid" }).f;
  const tanh = createActivation(round, { kind: "tanh" }).f;
  for (let k = 0; k < after.data.length; k++) {
    const at = placeOf(k, U, 3);
    const r = sigmoid(round(data[at]! + recurrent.data[at]!));
    const z = sigmoid(round(data[at + U]! + recurrent.data[at + U]!));
    const sn =
      bias === undefined
        ? recurrent.data[at + 2 * U]!
        : round(recurrent.data[at + 2 * U]! + bias.data[k % U]!);
    const n = tanh(round(data[at + 2 * U]! + round(r * sn)));
    [data[at], data[at + U], data[at + 2 * U]] = [r, z, n];
    recurrent.data[at + 2 * U] = sn;
    after.data[k] = round(round(1 - z) * n) + round(z * before.data[k]!);
  }
}

/** dz = (dr, du, dn), dRecurrent = (dr, du, dn·r), dh = dh·z; see `Backend.gruStepBackward`. */
export function gruStepBackward(round: Round, step: GruStepBackward): void {
  const { gates, recurrent, before, dh, dz, dRecurrent } = step;
  const U = countColumns(dh);
  const product = (...factors: number[]) => factors.reduce((a, b) => round(a * b));
  for (let k = 0; k < dh.data.length; k++) {
    const at = placeOf(k, U, 3);
    const [r, z, n] = [gates.data[at]!, gates.data[at + U]!, gates.data[at + 2 * U]!];
    const d = dh.data[k]!;
    const dn = product(d, round(1 - z), round(1 - round(n * n)));
    const dr = product(dn, recurrent.data[at + 2 * U]!, r, round(1 - r));
    const du = product(d, round(before.data[k]! - n), z, round(1 - z));
    [dz.data[at], dz.data[at + U], dz.data[at + 2 * U]] = [dr, du, dn];
    [dRecurrent.data[at], dRecurrent.data[at + U], dRecurrent.data[at + 2 * U]] = [dr, du, dn * r];
    dh.data[k] = d * z;
  }
}
