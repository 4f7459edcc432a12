// What a page shows live: the answer of an ask, whole, and again whenever it has changed.
import { Problem, problemOf, send } from "./api.js";

const EVENTS = "text/event-stream";
const NEXT_MS = 500;
const AGAIN_MS = 1000;
const AGAIN_LONGEST_MS = 30_000;
const SILENT_MS = 45_000;
/** The service sends something every 15 seconds: what has been silent for three of them is cut. */
const FOR_GOOD = [400, 401, 403, 404, 410];

/**
 * Look on at what an ask shows: `seen(shown)` now and whenever that has changed, until the function that it returns is
 * called. `failed(problem)` is told why nothing can be shown; it is tried again, but for what is so for good.
 */
export function live(path, seen, failed = () => {}) {
  const stopped = new AbortController();
  look(path, seen, failed, stopped.signal);
  return () => stopped.abort();
}

async function look(path, seen, failed, stopped) {
  let wait = AGAIN_MS;
  while (!stopped.aborted) {
    let pause = wait;
    try {
      const heard = await follow(path, seen, failed, stopped);
      // Streams end by themselves, those of many onlookers at once: the next ones do not begin all at once.
      if (heard) [wait, pause] = [AGAIN_MS, NEXT_MS * Math.random()];
    } catch (error) {
      if (stopped.aborted) return;
      const problem = error instanceof Problem;
      if (problem) failed(error);
      if (problem && FOR_GOOD.includes(error.status)) return;
      pause = Math.max(wait, (error.retrySeconds ?? 0) * 1000);
      wait = Math.min(wait * 2, AGAIN_LONGEST_MS);
    }
    await rest(pause, stopped);
  }
}

/** One stream to its end; whether anything was told. */
async function follow(path, seen, failed, stopped) {
  const cut = new AbortController();
  const stop = () => cut.abort();
  stopped.addEventListener("abort", stop);
  let clock = setTimeout(stop, SILENT_MS);
  try {
    const response = await send("GET", path, null, { accept: EVENTS, signal: cut.signal });
    if (!response.ok) throw await problemOf(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let [text, heard] = ["", false];
    while (true) {
      const { done, value } = await reader.read();
      if (done || stopped.aborted) return heard;
      clearTimeout(clock);
      clock = setTimeout(stop, SILENT_MS);
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const { event, data } = parsed(block);
        if (event === "news") seen(JSON.parse(data));
        else if (event === "problem") failed(new Problem(0, JSON.parse(data)));
        heard ||= Boolean(event);
      }
    }
  } finally {
    clearTimeout(clock);
    stopped.removeEventListener("abort", stop);
    cut.abort();
  }
}

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
function parsed(block) {
  const fields = { event: "", data: [] };
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (name === "event") fields.event = value;
    else if (name === "data") fields.data.push(value);
  }
  return { event: fields.event, data: fields.data.join("\n") };
}

/** Wait, but no longer than until somebody comes back to the page or to the network. */
function rest(ms, stopped) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const { signal } = over;
    const end = () => {
      over.abort();
      clearTimeout(clock);
      resolve();
    };
    const clock = setTimeout(end, ms);
    document.addEventListener("visibilitychange", () => document.hidden || end(), { signal });
    addEventListener("online", end, { signal });
    stopped.addEventListener("abort", end, { signal });
  });
}
