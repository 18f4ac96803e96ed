import type { GruStep, GruStepBackward, LstmStep, LstmStepBackward, Tensor } from "@nn/tensor";

import { countColumns, BYTES_PER_FLOAT, type Engine } from "../engine.ts";
import { EXPENSIVE_ELEMENT_COST, ELEMENT_COST, type Split } from "../threads/split.ts";

/** Splits by examples. `each` is the cost per number of the state, in multiply-adds. */
function byExamples(state: Tensor, each: number): { U: number; split: Split } {
  const U = countColumns(state);
  return { U, split: { extent: state.data.length / U, grain: 1, work: each * state.data.length } };
}

/** after = f·before + i·g, state = o·tanh(after); see `Backend.lstmStep`. */
export function lstmStep(engine: Engine, step: LstmStep): void {
  const { U, split } = byExamples(step.state, 5 * EXPENSIVE_ELEMENT_COST);
  const gates = engine.address(step.gates);
  const [before, after] = [engine.address(step.before), engine.address(step.after)];
  const [squashed, state] = [engine.address(step.squashed), engine.address(step.state)];
  engine.run(engine.kernels.lstmStep, split, (from, to) => {
    const offset = from * U * BYTES_PER_FLOAT;
    return [
      to - from,
      U,
      gates + 4 * offset,
      step.forgetBias,
      before + offset,
      after + offset,
      squashed + offset,
      state + offset,
    ];
  });
}

/** dz = ∂loss/∂z of the gates i, f, g, o, and dc = ∂loss/∂before; see `Backend.lstmStepBackward`. */
export function lstmStepBackward(engine: Engine, step: LstmStepBackward): void {
  const { U, split } = byExamples(step.dh, 8 * ELEMENT_COST);
  const [gates, dz] = [engine.address(step.gates), engine.address(step.dz)];
  const [before, squashed] = [engine.address(step.before), engine.address(step.squashed)];
  const [dh, dc] = [engine.address(step.dh), engine.address(step.dc)];
  engine.run(engine.kernels.lstmStepBackward, split, (from, to) => {
    const offset = from * U * BYTES_PER_FLOAT;
    return [
      to - from,
      U,
      gates + 4 * offset,
      before + offset,
      squashed + offset,
      dh + offset,
      dc + offset,
      dz + 4 * offset,
    ];
  });
}

/** after = (1 − z)·n + z·before; see `Backend.gruStep`. */
export function gruStep(engine: Engine, step: GruStep): void {
  const { U, split } = byExamples(step.after, 3 * EXPENSIVE_ELEMENT_COST);
  const [gates, recurrent] = [engine.address(step.gates), engine.address(step.recurrent)];
  const bias = step.bias === undefined ? 0 : engine.address(step.bias);
  const [before, after] = [engine.address(step.before), engine.address(step.after)];
  engine.run(engine.kernels.gruStep, split, (from, to) => {
    const offset = from * U * BYTES_PER_FLOAT;
    return [to - from, U, gates + 3 * offset, recurrent + 3 * offset, bias, before + offset, after + offset];
  });
}

/** dz = (dr, du, dn), dRecurrent = (dr, du, dn·r), dh = dh·z; see `Backend.gruStepBackward`. */
export function gruStepBackward(engine: Engine, step: GruStepBackward): void {
  const { U, split } = byExamples(step.dh, 8 * ELEMENT_COST);
  const [gates, recurrent] = [engine.address(step.gates), engine.address(step.recurrent)];
  const [before, dh] = [engine.address(step.before), engine.address(step.dh)];
  const [dz, dRecurrent] = [engine.address(step.dz), engine.address(step.dRecurrent)];
  engine.run(engine.kernels.gruStepBackward, split, (from, to) => {
    const offset = from * U * BYTES_PER_FLOAT;
    return [
      to - from,
      U,
      gates + 3 * offset,
      recurrent + 3 * offset,
      before + offset,
      dh + offset,
      dz + 3 * offset,
      dRecurrent + 3 * offset,
    ];
  });
}
