// A chart over the last hours, as a small SVG of our own: lines, three grid lines, the values beside their names.
import { $, h, say } from "./dom.js";
import { clock, duration, nowMs } from "./words.js";

const [WIDTH, HEIGHT] = [600, 120];

const svg = (tag, attributes) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

/** The next round number, whose half is round too. */
function roundTop(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value * 0.999) * power;
}

export class Chart {
  /** `series` are [key of a point, name]; each line has its own colour and dashes. The scale ends at `least` or above. */
  constructor(figure, series, format, least) {
    this.format = format;
    this.least = least;
    this.points = [];
    this.spanMs = 1;
    this.stepMs = 1;
    this.hovered = null;
    this.area = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
    for (const y of [0, HEIGHT / 2, HEIGHT]) this.area.append(svg("line", { class: "grid", x1: 0, x2: WIDTH, y1: y, y2: y }));
    this.cursor = svg("line", { class: "cursor", y1: 0, y2: HEIGHT, visibility: "hidden" });
    this.series = series.map(([key, name], index) => {
      const path = svg("path", { class: `line line-${index}` });
      const value = h("b");
      this.area.append(path);
      return { key, name, path, value, item: h(`li.line-${index}`, h("i"), name, " ", value) };
    });
    this.area.append(this.cursor);
    this.top = h("span.top-label");
    this.half = h("span.half-label");
    this.when = h("span.when");
    this.begin = h("span");
    figure.append(
      h("ul.legend", this.series.map((one) => one.item)),
      h("div.plot", this.area, this.top, this.half),
      h("p.axis", this.begin, this.when, h("span", "now")),
    );
    this.area.addEventListener("pointermove", (event) => this.hover(event));
    this.area.addEventListener("pointerleave", () => this.hover(null));
  }

  /** Show points, the oldest first, each of `stepMs`, over so long a time until now; where one is missing is a gap. */
  show(points, spanMs, stepMs) {
    Object.assign(this, { points, spanMs, stepMs });
    say(this.begin, `${duration(spanMs / 1000)} ago`);
    this.draw();
  }

  hover(event) {
    const box = this.area.getBoundingClientRect();
    this.hovered = event && nowMs() - this.spanMs * (1 - (event.clientX - box.left) / box.width);
    this.draw();
  }

  draw() {
    const now = nowMs();
    const seen = this.points.filter((point) => point.at_ms > now - this.spanMs);
    const top = roundTop(Math.max(this.least, ...seen.flatMap((point) => this.series.map((one) => point[one.key] ?? 0))));
    const x = (ms) => (WIDTH * (1 - (now - ms) / this.spanMs)).toFixed(1);
    const y = (value) => (HEIGHT * (1 - value / top)).toFixed(1);
    const told = this.hovered === null ? seen.at(-1) : nearest(seen, this.hovered);
    for (const { key, path, value } of this.series) {
      let [line, last] = ["", null];
      for (const point of seen) {
        if (point[key] === null) continue;
        const joins = last !== null && point.at_ms - last < this.stepMs * 1.5;
        line += `${joins ? "L" : "M"}${x(point.at_ms)} ${y(point[key])}`;
        last = point.at_ms;
      }
      path.setAttribute("d", line);
      say(value, this.format(told?.[key]));
    }
    say(this.top, this.format(top));
    say(this.half, this.format(top / 2));
    const hovering = this.hovered !== null && told;
    say(this.when, hovering ? clock(told.at_ms) : "");
    this.cursor.setAttribute("visibility", hovering ? "visible" : "hidden");
    if (hovering) for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, x(told.at_ms));
    this.area.setAttribute("aria-label", this.series.map((one) => `${one.name} ${one.value.textContent}`).join(", "));
  }
}

function nearest(points, ms) {
  return points.reduce((best, point) => (best && Math.abs(best.at_ms - ms) <= Math.abs(point.at_ms - ms) ? best : point), null);
}
