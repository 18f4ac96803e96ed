/**
 * Maps a pixel of the new image to its source in the old one: (x, y) ← (xx·x + xy·y + dx, yx·x + yy·y + dy).
 * Coordinates are in pixels from the center of the image, x to the right and y down.
 */
export class AffineTransform {
  xx = 1;
  xy = 0;
  dx = 0;
  yx = 0;
  yy = 1;
  dy = 0;

  /** Resets to the identity. */
  reset(): void {
    this.set(1, 0, 0, 0, 1, 0);
  }

  /**
   * Appends a transform b, given by the arguments, to this transform a. The source of a pixel p of the new
   * image is then b(p) in the image before b, which is a(b(p)) in the old image. A·(B·p + b) + a = (A·B)·p +
   * (A·b + a).
   */
  append(xx: number, xy: number, dx: number, yx: number, yy: number, dy: number): void {
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
