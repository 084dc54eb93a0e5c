import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** `points` are drawn instead of a line, `dots` on it. */
export type Line = { label: string; values: (number | null)[]; colour: string; bars?: boolean; points?: boolean; dots?: boolean };

/** Times of day and days, the same on every machine but for the zone. */
function moments(ticks: number[], step: number, zone: "UTC" | undefined): string[] {
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone });
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: step < 60 ? "2-digit" : undefined, timeZone: zone });
  let last = "";
  return ticks.map((tick) => {
    const date = day.format(tick * 1000);
    const words = step >= 86_400 ? date : time.format(tick * 1000) + (date === last ? "" : `\n${date}`);
    last = date;
    return words;
  });
}

/** Between ticks of a clock that shows no less than seconds: round seconds, minutes, hours, days. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_419_200];

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * @param x in seconds since 1970, or any number
 * @param back whether x counts backwards from an end, over orders of magnitude: from right to left, in logarithms
 * @param band whether the second and third line are the upper and the lower end of an interval
 * @param top what lies above it is cut off; null shows all
 * @param every seconds from one bar to the next
 */
export function Chart({ label, x, lines, time = true, back = false, band = false, log = false, top = null, every = 86_400, height = 180 }: {
  label: string;
  x: number[];
  lines: Line[];
  time?: boolean;
  back?: boolean;
  band?: boolean;
  log?: boolean;
  top?: number | null;
  every?: number;
  height?: number;
}) {
  const at = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = [x, ...lines.map((line) => line.values)] as uPlot.AlignedData;
  const shape = lines.map((line) => line.label).join();
  const latest = useRef(data);
  latest.current = data;
  const ceiling = useRef(top);
  ceiling.current = top;
  const bars = lines.some((line) => line.bars);
  const places = lines.every((line) => line.points);
  useEffect(() => {
    const element = at.current!;
    const draw = () => {
      plot.current?.destroy();
      const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
      const clock: uPlot.Axis.Values = (_plot, ticks, _axis, _space, step) => moments(ticks, step, bars ? "UTC" : undefined);
      plot.current = new uPlot(
        {
          width: Math.max(200, element.clientWidth),
          height,
          // Bars are hours or days of UTC, as the server counts them.
          ...(bars ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC") } : {}),
          legend: { show: false },
          cursor: { y: false },
          scales: { x: { time, ...(back ? { distr: 3, dir: -1 } : {}), ...(!time && !back && places ? { range: (_plot: uPlot, _low: number, high: number): [number, number] => [0, Math.max(1, high * 1.05)] } : {}), ...(bars ? { range: (_plot: uPlot, low: number, high: number): [number, number] => [low - every / 2, high + every / 2] } : {}) }, y: log ? { distr: 3 } : { range: (_plot, _low, high) => [0, Math.max(1e-9, ceiling.current === null ? high * 1.15 : Math.min(high * 1.15, ceiling.current))] } },
          axes: [!time ? axis : bars ? { ...axis, values: clock, size: every < 86_400 ? 42 : 28, incrs: [every, 2 * every, 3 * every, 6 * every, 7 * every, 12 * every].filter((step) => step >= every) } : { ...axis, values: clock, incrs: STEPS }, { ...axis, size: log ? 70 : 50, values: (_plot, ticks) => ticks.map((tick) => (tick === null || (bars && tick % 1 !== 0) ? "" : log && tick < 1 ? tick.toPrecision(1) : tick.toLocaleString("en-US", { maximumSignificantDigits: 3 }))) }],
          series: [
            {},
            ...lines.map((line, i) => ({
              label: line.label,
              stroke: colour(line.colour),
              width: band && i > 0 ? 0.5 : 1.5,
              points: { show: (line.points ?? false) || (line.dots ?? false), size: 6, fill: colour(line.colour) },
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
  }, [shape, time, back, band, bars, places, log, every, height]);
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
