// Numbers and times as people read them.

let aheadMs = 0;

/** Keep the service's clock: ages are told by it, however the browser's is set. */
export function setClock(atMs) {
  aheadMs = atMs - Date.now();
}

export const nowMs = () => Date.now() + aheadMs;

export function count(number) {
  return Number(number).toLocaleString("en", { maximumFractionDigits: 0 });
}

export function rate(number) {
  if (number === null || number === undefined) return "–";
  return number >= 100 ? count(number) : number.toFixed(1);
}

export function latency(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  if (seconds < 0.9995) return `${Number((seconds * 1000).toPrecision(2))} ms`;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

const two = (number) => String(number).padStart(2, "0");

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  if (days) return `${days} d ${two(hours)} h`;
  if (hours) return minutes ? `${hours} h ${two(minutes)} min` : `${hours} h`;
  if (minutes) return whole % 60 ? `${minutes} min ${two(whole % 60)} s` : `${minutes} min`;
  return `${whole} s`;
}

export const ago = (ms) => (ms ? `${duration((nowMs() - ms) / 1000)} ago` : "");

export const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");

export function moment(ms) {
  return ms ? new Date(ms).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" }) : "";
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** Money as people read it; the digits after the point are those of the currency. */
export function money(minor, currency) {
  try {
    const form = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" });
    const digits = form.resolvedOptions().maximumFractionDigits;
    return form.format(minor / 10 ** digits).replace(/\.0+$/, "");
  } catch {
    return `${minor} ${currency} (minor units)`;
  }
}

/** Indent JSON as text, without reading it as numbers: those beyond 2^53 would come back as others. */
export function indented(text) {
  let [out, depth] = ["", 0];
  for (const piece of text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+|"/g) ?? []) {
    const line = () => `\n${"  ".repeat(depth)}`;
    if (piece === "{" || piece === "[") out += piece + ((depth += 1), line());
    else if (piece === "}" || piece === "]") {
      depth = Math.max(0, depth - 1);
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + piece : out + line() + piece;
    } else if (piece === ",") out += piece + line();
    else out += piece === ":" ? ": " : piece;
  }
  return out;
}
