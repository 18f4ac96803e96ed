import type { Tensor } from "./tensor.ts";

/**
 * Operands of one LSTM step: i = σ(zi), f = σ(zf + forgetBias), g = tanh(zg), o = σ(zo); after = f·before +
 * i·g; squashed = tanh(after); state = o·squashed. σ and tanh are those of Activation; every other operation
 * is rounded once. N examples, U units.
 */
export interface LstmStep {
  /** (N, 4U): zi, zf, zg, zo side by side; overwritten with i, f, g, o. */
  readonly gates: Tensor;
  readonly forgetBias: number;
  /** (N, U), like the fields below. */
  readonly before: Tensor;
  readonly after: Tensor;
  readonly squashed: Tensor;
  readonly state: Tensor;
}

/**
 * Operands of the backward pass of an LSTM step, from dh = ∂loss/∂state and dc = ∂loss/∂after. Products are
 * evaluated from left to right, and each operation is rounded once: m = dc + dh·o·(1 − s·s) with s =
 * squashed; dzi = m·g·i·(1 − i); dzf = m·before·f·(1 − f); dzg = m·i·(1 − g·g); dzo = dh·s·o·(1 − o); dc =
 * m·f.
 */
export interface LstmStepBackward {
  /** i, f, g, o (N, 4U) */
  readonly gates: Tensor;
  /** (N, U), like the three fields below. */
  readonly before: Tensor;
  readonly squashed: Tensor;
  readonly dh: Tensor;
  /** Input: ∂loss/∂after. Output: ∂loss/∂before. */
  readonly dc: Tensor;
  /** dzi, dzf, dzg, dzo (N, 4U) */
  readonly dz: Tensor;
}

/**
 * Operands of one GRU step: r = σ(zr + sr), z = σ(zz + sz), sn += bias, n = tanh(zn + r·sn); after = (1 −
 * z)·n + z·before. σ and tanh are those of Activation; every other operation is rounded once. N examples, U
 * units.
 */
export interface GruStep {
  /** (N, 3U): zr, zz, zn side by side; overwritten with r, z, n. */
  readonly gates: Tensor;
  /** (N, 3U): sr, sz, sn, the products of the state and the recurrent weights; only sn is overwritten. */
  readonly recurrent: Tensor;
  /** (U) */
  readonly bias?: Tensor;
  /** (N, U), like `after`. */
  readonly before: Tensor;
  readonly after: Tensor;
}

/**
 * Operands of the backward pass of a GRU step, from dh = ∂loss/∂after. Products are evaluated from left to
 * right, and each operation is rounded once: dn = dh·(1 − z)·(1 − n·n), dr = dn·sn·r·(1 − r), du = dh·(before
 * − n)·z·(1 − z); then dh = dh·z.
 */
export interface GruStepBackward {
  /** r, z, n (N, 3U) */
  readonly gates: Tensor;
  /** (N, 3U); only sn is read. */
  readonly recurrent: Tensor;
  /** (N, U) */
  readonly before: Tensor;
  /** (N, U); overwritten with dh·z. */
  readonly dh: Tensor;
  /** dr, du, dn (N, 3U) */
  readonly dz: Tensor;
  /** dr, du, dn·r (N, 3U) */
  readonly dRecurrent: Tensor;
}
