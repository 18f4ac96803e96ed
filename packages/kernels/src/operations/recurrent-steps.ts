import type { GruStep, GruStepBackward, LstmStep, LstmStepBackward, Tensor } from "@nn/tensor";

import { columnsOf, type Engine } from "../engine.ts";

export function lstmStep(engine: Engine, step: LstmStep): void {
  engine.kernels.lstmStep(
    ...extentsOf(step.state),
    engine.address(step.gates),
    step.forgetBias,
    engine.address(step.before),
    engine.address(step.after),
    engine.address(step.squashed),
    engine.address(step.state),
  );
}

export function lstmStepBackward(engine: Engine, step: LstmStepBackward): void {
  engine.kernels.lstmStepBackward(
    ...extentsOf(step.dh),
    engine.address(step.gates),
    engine.address(step.before),
    engine.address(step.squashed),
    engine.address(step.dh),
    engine.address(step.dc),
    engine.address(step.dz),
  );
}

export function gruStep(engine: Engine, step: GruStep): void {
  engine.kernels.gruStep(
    ...extentsOf(step.after),
    engine.address(step.gates),
    engine.address(step.own),
    step.bias === undefined ? 0 : engine.address(step.bias),
    engine.address(step.before),
    engine.address(step.after),
  );
}

export function gruStepBackward(engine: Engine, step: GruStepBackward): void {
  engine.kernels.gruStepBackward(
    ...extentsOf(step.dh),
    engine.address(step.gates),
    engine.address(step.own),
    engine.address(step.before),
    engine.address(step.dh),
    engine.address(step.dz),
    engine.address(step.dOwn),
    step.biasGradient === undefined ? 0 : engine.address(step.biasGradient),
  );
}

/** (N, U) */
function extentsOf(state: Tensor): [rows: number, units: number] {
  const units = columnsOf(state);
  return [state.data.length / units, units];
}
