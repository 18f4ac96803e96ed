/**
 * Where a pixel of the new image comes from in the old one: (x, y) ← (xx·x + xy·y + dx, yx·x + yy·y + dy).
 * Both are counted in pixels from the middle of the image, x to the right and y downwards.
 */
export class AffineMap {
  xx = 1;
  xy = 0;
  dx = 0;
  yx = 0;
  yy = 1;
  dy = 0;

  /** Every pixel stays where it is. */
  reset(): void {
    this.set(1, 0, 0, 0, 1, 0);
  }

  /**
   * The image so far, moved once more: the new image's pixel p comes from b(p) in the image so far, and that
   * from a(b(p)) in the old one, with a this map and b the arguments. A·(B·p + b) + a = (A·B)·p + (A·b + a).
   */
  follow(xx: number, xy: number, dx: number, yx: number, yy: number, dy: number): void {
    this.set(
      this.xx * xx + this.xy * yx,
      this.xx * xy + this.xy * yy,
      this.xx * dx + this.xy * dy + this.dx,
      this.yx * xx + this.yy * yx,
      this.yx * xy + this.yy * yy,
      this.yx * dx + this.yy * dy + this.dy,
    );
  }

  set(xx: number, xy: number, dx: number, yx: number, yy: number, dy: number): void {
    this.xx = xx;
    this.xy = xy;
    this.dx = dx;
    this.yx = yx;
    this.yy = yy;
    this.dy = dy;
  }
}
