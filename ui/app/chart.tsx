import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** @param points x in seconds since 1970, or any number @param band the two ends of an interval, when there is one */
export type Line = { label: string; values: (number | null)[]; colour: string; bars?: boolean; points?: boolean };

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function Chart({ label, x, lines, time = true, band = false, log = false, height = 180 }: {
  label: string;
  x: number[];
  lines: Line[];
  time?: boolean;
  band?: boolean;
  log?: boolean;
  height?: number;
}) {
  const at = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = [x, ...lines.map((line) => line.values)] as uPlot.AlignedData;
  const shape = lines.map((line) => line.label).join();
  const latest = useRef(data);
  latest.current = data;
  // Bars are days.
  const bars = lines.some((line) => line.bars);
  useEffect(() => {
    const element = at.current!;
    const draw = () => {
      plot.current?.destroy();
      const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
      plot.current = new uPlot(
        {
          width: Math.max(200, element.clientWidth),
          height,
          legend: { show: false },
          cursor: { y: false },
          scales: { x: { time, ...(bars ? { range: (_plot: uPlot, low: number, high: number): [number, number] => [low - 43_200, high + 43_200] } : {}) }, y: log ? { distr: 3 } : { range: (_plot, _low, high) => [0, Math.max(1e-9, high * 1.15)] } },
          axes: [bars ? { ...axis, incrs: [86_400] } : axis, { ...axis, size: log ? 70 : 50, values: (_plot, ticks) => ticks.map((tick) => (tick === null || tick % 1 !== 0 ? (log && tick ? tick.toPrecision(1) : "") : tick.toLocaleString("en-US"))) }],
          series: [
            {},
            ...lines.map((line) => ({
              label: line.label,
              stroke: colour(line.colour),
              width: 1.5,
              points: { show: line.points ?? false, size: 6, fill: colour(line.colour) },
              ...(line.points ? { paths: () => null } : {}),
              ...(line.bars ? { fill: colour(line.colour), paths: uPlot.paths.bars!({ size: [0.8, 14] }) } : {}),
            })),
          ],
          bands: band ? [{ series: [2, 3], fill: colour("--band") }] : [],
        },
        latest.current,
        element,
      );
    };
    draw();
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: Math.max(200, element.clientWidth), height }));
    sizes.observe(element);
    const system = matchMedia("(prefers-color-scheme: dark)");
    addEventListener("themechange", draw);
    system.addEventListener("change", draw);
    return () => {
      sizes.disconnect();
      removeEventListener("themechange", draw);
      system.removeEventListener("change", draw);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, time, band, bars, log, height]);
  useEffect(() => plot.current?.setData(data), [JSON.stringify(data)]);
  return (
    <figure className="chart">
      <figcaption>
        {label}
        {lines.length > 1 && !band && lines.map((line) => <span key={line.label} className={`key ${line.colour.slice(2)}`}>{line.label}</span>)}
      </figcaption>
      <div ref={at} role="img" aria-label={label} />
    </figure>
  );
}
