// One pass over a parameter: reads value, gradient and moments, writes them back, and sets the gradient to
// zero. Each operation rounds once, in the order of backend.ts. V8 runs the two-vector loop bodies at 256
// bits.

/** Backend.sgdStep for `length` numbers. velocity: 0 when momentum is 0. */
export function sgdStep(
  value: usize, gradient: usize, velocity: usize, length: u32,
  learningRate: f32, momentum: f32, nesterov: bool, weightDecay: f32,
): void {
  const zero = f32x4.splat(0);
  const rate = f32x4.splat(learningRate), mu = f32x4.splat(momentum), decay = f32x4.splat(weightDecay);
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    const w0 = v128.load(value, 0), w1 = v128.load(value, 16);
    let g0 = v128.load(gradient, 0), g1 = v128.load(gradient, 16);
    if (weightDecay != 0) {
      g0 = f32x4.add(g0, f32x4.mul(decay, w0)); g1 = f32x4.add(g1, f32x4.mul(decay, w1));
    }
    if (velocity) {
      const v0 = f32x4.add(f32x4.mul(mu, v128.load(velocity, 0)), g0);
      const v1 = f32x4.add(f32x4.mul(mu, v128.load(velocity, 16)), g1);
      v128.store(velocity, v0, 0); v128.store(velocity, v1, 16);
      if (nesterov) {
        g0 = f32x4.add(g0, f32x4.mul(mu, v0)); g1 = f32x4.add(g1, f32x4.mul(mu, v1));
      } else {
        g0 = v0; g1 = v1;
      }
      velocity += 32;
    }
    v128.store(value, f32x4.sub(w0, f32x4.mul(rate, g0)), 0); v128.store(value, f32x4.sub(w1, f32x4.mul(rate, g1)), 16);
    v128.store(gradient, zero, 0); v128.store(gradient, zero, 16);
    value += 32; gradient += 32;
  }
  for (; i < length; i++) {
    const w = load<f32>(value);
    let g = load<f32>(gradient);
    if (weightDecay != 0) g = g + weightDecay * w;
    if (velocity) {
      const v = momentum * load<f32>(velocity) + g;
      store<f32>(velocity, v);
      g = nesterov ? g + momentum * v : v;
      velocity += 4;
    }
    store<f32>(value, w - learningRate * g);
    store<f32>(gradient, 0);
    value += 4; gradient += 4;
  }
}

/**
 * Backend.adamStep for `length` numbers. decay: learningRate · weightDecay when decoupled, else weightDecay.
 */
export function adamStep(
  value: usize, gradient: usize, firstMoment: usize, secondMoment: usize, length: u32,
  stepSize: f32, correction: f32, beta1: f32, beta2: f32, rest1: f32, rest2: f32, epsilon: f32,
  decay: f32, decoupled: bool,
): void {
  const zero = f32x4.splat(0);
  const size = f32x4.splat(stepSize), root = f32x4.splat(correction);
  const small = f32x4.splat(epsilon), d = f32x4.splat(decay);
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), c1 = f32x4.splat(rest1), c2 = f32x4.splat(rest2);
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) {
    let w0 = v128.load(value, 0), w1 = v128.load(value, 16);
    let g0 = v128.load(gradient, 0), g1 = v128.load(gradient, 16);
    if (decay != 0) {
      if (decoupled) {
        w0 = f32x4.sub(w0, f32x4.mul(w0, d)); w1 = f32x4.sub(w1, f32x4.mul(w1, d));
      } else {
        g0 = f32x4.add(g0, f32x4.mul(d, w0)); g1 = f32x4.add(g1, f32x4.mul(d, w1));
      }
    }
    const m0 = f32x4.add(f32x4.mul(b1, v128.load(firstMoment, 0)), f32x4.mul(c1, g0));
    const m1 = f32x4.add(f32x4.mul(b1, v128.load(firstMoment, 16)), f32x4.mul(c1, g1));
    const v0 = f32x4.add(f32x4.mul(b2, v128.load(secondMoment, 0)), f32x4.mul(f32x4.mul(c2, g0), g0));
    const v1 = f32x4.add(f32x4.mul(b2, v128.load(secondMoment, 16)), f32x4.mul(f32x4.mul(c2, g1), g1));
    const n0 = f32x4.add(f32x4.div(f32x4.sqrt(v0), root), small);
    const n1 = f32x4.add(f32x4.div(f32x4.sqrt(v1), root), small);
    w0 = f32x4.sub(w0, f32x4.div(f32x4.mul(size, m0), n0)); w1 = f32x4.sub(w1, f32x4.div(f32x4.mul(size, m1), n1));
    v128.store(firstMoment, m0, 0); v128.store(firstMoment, m1, 16);
    v128.store(secondMoment, v0, 0); v128.store(secondMoment, v1, 16);
    v128.store(value, w0, 0); v128.store(value, w1, 16);
    v128.store(gradient, zero, 0); v128.store(gradient, zero, 16);
    value += 32; gradient += 32; firstMoment += 32; secondMoment += 32;
  }
  for (; i < length; i++) {
    let w = load<f32>(value), g = load<f32>(gradient);
    if (decay != 0) {
      if (decoupled) w = w - w * decay;
      else g = g + decay * w;
    }
    const m = beta1 * load<f32>(firstMoment) + rest1 * g;
    const v = beta2 * load<f32>(secondMoment) + rest2 * g * g;
    store<f32>(firstMoment, m);
    store<f32>(secondMoment, v);
    store<f32>(value, w - (stepSize * m) / (sqrt<f32>(v) / correction + epsilon));
    store<f32>(gradient, 0);
    value += 4; gradient += 4; firstMoment += 4; secondMoment += 4;
  }
}
