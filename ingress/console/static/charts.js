// The charts of the last hours: there when the page is opened, and kept up to date while it is.
import { onAddress, read, write } from "./address.js";
import { ask, query } from "./ask.js";
import { Chart } from "./chart.js";
import { $, sayOrHide } from "./dom.js";
import { latency, nowMs, rate } from "./words.js";

const EVERY_MS = 10000;
const SPANS = { "30min": 1800, "2h": 7200, "": 21600 };
const section = $("#charts");
const buttons = [...section.querySelectorAll("[data-span]")];
const percentiles = (name) => [[`${name}_p50`, "half within"], [`${name}_p99`, "99% within"]];
const charts = [
  new Chart($("#throughput"), [["accepted", "accepted"], ["handled", "handled"], ["replies", "replies"]], rate, 1),
  new Chart($("#handling"), percentiles("handling"), latency, 0.001),
  new Chart($("#waited"), percentiles("waited"), latency, 0.001),
];
let points = [];
let asked = 0;

const seconds = () => SPANS[read("span")] ?? SPANS[""];

/** Ask for what is missing, or for all of it where another span was chosen. */
async function refresh(anew) {
  const turn = (asked += 1);
  const span = seconds();
  try {
    const since = anew ? 0 : points.at(-1)?.at_ms ?? 0;
    const past = await ask(`history${query({ seconds: span, since_ms: since || "" })}`);
    if (turn !== asked) return;
    sayOrHide($(".fault", section), "");
    const from = nowMs() - span * 1000;
    points = [...points.filter((point) => since && point.at_ms < since && point.at_ms > from), ...past.points];
    for (const chart of charts) chart.show(points, span * 1000, past.step_seconds * 1000);
  } catch (error) {
    if (turn === asked) sayOrHide($(".fault", section), `The last hours: ${error.message}`);
  }
}

function show() {
  for (const button of buttons) button.ariaPressed = String(SPANS[button.dataset.span] === seconds());
  refresh(true);
}

for (const button of buttons) {
  button.addEventListener("click", () => {
    write({ span: button.dataset.span });
    show();
  });
}
onAddress(show);
setInterval(() => document.hidden || refresh(false), EVERY_MS);
document.addEventListener("visibilitychange", () => document.hidden || refresh(true));
show();
