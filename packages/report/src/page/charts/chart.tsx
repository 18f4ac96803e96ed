import * as Plot from "@observablehq/plot";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Returns the width of an element in pixels, 0 before it is laid out. */
export function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const measure = (): void => setWidth(Math.floor(current.clientWidth));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** Arguments of `Chart`. */
export interface ChartProps {
  /** A description of the chart for screen readers. */
  readonly label: string;
  /** Returns the plot for a width. A new function redraws the chart, so wrap it in `useCallback`. */
  readonly plot: (width: number) => Plot.PlotOptions;
  /** Called after each drawing, to add interaction. */
  readonly onDraw?: ((svg: SVGSVGElement, figure: Element & Plot.Plot) => void) | undefined;
}

/** Draws a plot as wide as its container. */
export function Chart({ label, plot, onDraw }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    if (width === 0 || place.current === null) return;
    const figure = Plot.plot({
      width,
      ...plot(width),
      style: { fontSize: "12px", color: "var(--ink)" },
    });
    const svg = figure instanceof SVGSVGElement ? figure : figure.querySelector("svg");
    if (svg !== null) {
      svg.setAttribute("role", "img");
      svg.setAttribute("aria-label", label);
      for (const inner of svg.querySelectorAll("[aria-label], [role]")) {
        inner.removeAttribute("role");
        const name = inner.getAttribute("aria-label");
        inner.removeAttribute("aria-label");
        if (name !== null) inner.setAttribute("data-mark", name);
      }
      onDraw?.(svg, figure);
    }
    place.current.replaceChildren(figure);
  }, [width, plot, label, onDraw]);
  return <div class="chart" ref={place} />;
}

/** Arguments of `Figure`. */
export interface FigureProps {
  readonly title?: string | undefined;
  /** Describes the figure. */
  readonly caption?: ComponentChildren;
  readonly children: ComponentChildren;
  /** Whether it fills a row of the grid. */
  readonly isWide?: boolean | undefined;
}

/** A card with a chart or picture, its title and its caption. */
export function Figure({ title, caption, children, isWide }: FigureProps) {
  return (
    <figure class={isWide === true ? "card wide" : "card"}>
      {title !== undefined && <h3>{title}</h3>}
      {children}
      {caption !== undefined && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

/** Arguments of `Legend`. */
export interface LegendProps {
  readonly entries: readonly { readonly color: string; readonly label: string }[];
}

/** The legend of the colors of a chart. */
export function Legend({ entries }: LegendProps) {
  return (
    <ul class="legend">
      {entries.map(({ color, label }) => (
        <li key={label}>
          <i style={{ background: color }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

/** Shows the sequential color scale between two values. */
export function ColorRamp({ from, to }: { readonly from: string; readonly to: string }) {
  return (
    <span class="ramp">
      {from} <i /> {to}
    </span>
  );
}
