import type { Tensor } from "./tensor.ts";

/**
 * i = σ(zi), f = σ(zf + forgetBias), g = tanh(zg), o = σ(zo); after = f·before + i·g; squashed = tanh(after);
 * state = o·squashed. σ and tanh are those of Activation; all else one rounding an operation. N examples, U
 * units.
 */
export interface LstmStep {
  /** (N, 4U): zi, zf, zg, zo side by side; i, f, g, o take their places. */
  readonly gates: Tensor;
  readonly forgetBias: number;
  /** (N, U), as all below. */
  readonly before: Tensor;
  readonly after: Tensor;
  readonly squashed: Tensor;
  readonly state: Tensor;
}

/**
 * From dh = ∂loss/∂state and dc = ∂loss/∂after of the steps after this one; from left to right, each
 * operation one rounding: m = dc + dh·o·(1 − s·s) with s = squashed; dzi = m·g·i·(1 − i); dzf = m·before·f·(1
 * − f); dzg = m·i·(1 − g·g); dzo = dh·s·o·(1 − o); dc = m·f.
 */
export interface LstmStepBackward {
  /** i, f, g, o (N, 4U) */
  readonly gates: Tensor;
  /** (N, U), as the three below. */
  readonly before: Tensor;
  readonly squashed: Tensor;
  readonly dh: Tensor;
  /** Read and written: ∂loss/∂before. */
  readonly dc: Tensor;
  /** dzi, dzf, dzg, dzo (N, 4U) */
  readonly dz: Tensor;
}

/**
 * r = σ(zr + sr), z = σ(zz + sz), sn += bias, n = tanh(zn + r·sn); after = (1 − z)·n + z·before. σ and tanh
 * are those of Activation; all else one rounding an operation. N examples, U units.
 */
export interface GruStep {
  /** (N, 3U): zr, zz, zn side by side; r, z, n take their places. */
  readonly gates: Tensor;
  /** (N, 3U): sr, sz, sn, what comes from the state; only sn is written. */
  readonly own: Tensor;
  /** (U) */
  readonly bias?: Tensor;
  /** (N, U), as the one below. */
  readonly before: Tensor;
  readonly after: Tensor;
}

/**
 * From dh = ∂loss/∂after; from left to right, each operation one rounding: dn = dh·(1 − z)·(1 − n·n), dr =
 * dn·sn·r·(1 − r), du = dh·(before − n)·z·(1 − z); then dh = dh·z.
 */
export interface GruStepBackward {
  /** r, z, n (N, 3U) */
  readonly gates: Tensor;
  /** (N, 3U), of which sn is read. */
  readonly own: Tensor;
  /** (N, U) */
  readonly before: Tensor;
  /** (N, U): read and written. */
  readonly dh: Tensor;
  /** dr, du, dn (N, 3U) */
  readonly dz: Tensor;
  /** dr, du, dn·r (N, 3U) */
  readonly dOwn: Tensor;
}
