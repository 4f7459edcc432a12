// What the console gives to the script of a section: everything it needs, and all of it of its own bot alone.
//
// A section.js exports one function, which is called once: `export default function (tools) { … }`. Its section.html
// stands in `tools.place` by then; its section.css says how that, and its sheets, look.
import { filterIn, onAddress, read, write } from "./address.js";
import { OURS, ask, query, toast } from "./ask.js";
import * as dom from "./dom.js";
import { jobState } from "./job_state.js";
import { addressOf, closeSheet, followAddress, sheetFor } from "./sheet.js";
import { openStream } from "./stream.js";
import { act } from "./why.js";
import * as words from "./words.js";

const { $, sayOrHide } = dom;
// What on-call sees of the service stands on their page alone.
const ON_CALL = $("#tree") ? "on-call" : "";
const AGAIN_MS = 2000;

export async function toolsFor(bot, section) {
  const path = (rest) => `bots/${encodeURIComponent(bot)}/${rest}`;
  const own = (name) => `${bot}.${name}`;
  const open = await asksOf(bot);
  return {
    bot,
    /** Where its section.html stands, and the line with its title. */
    place: $(".place", section),
    head: $(".bar", section),
    /** What keeps it from being shown, above all of it; nothing once it is over. */
    fault: (text) => sayOrHide($(":scope > .fault", section), text),
    /** Whether whoever is here may ask that: `may("POST", "/orders/{number}/refund")`. */
    may: (method, wanted) => open.has(`${method} ${wanted}`),
    /** The answer of an ask of its bot, at an address such as `orders/17`, or an Error that says why there is none. */
    ask: (rest, options) => ask(path(rest), options),
    query,
    toast,
    /** Ask why, then act; see why.js. `path` is as for `ask`, which is also what `send` asks by. */
    act: (action) => act({ ...action, path: action.path && path(action.path) }),
    /** Hear of it when somebody has acted. Returns what ends it. */
    onActed: (listener) => listen(document, "acted", listener),
    /** Look again and again, while the page is seen. Returns what ends it. */
    every: (milliseconds, look) => {
      const beat = setInterval(() => document.hidden || look(), milliseconds);
      return () => clearInterval(beat);
    },
    /** What a live ask shows, again whenever it changes; `failed(words)` where it cannot. Returns what ends it. */
    stream: (rest, shown, failed = () => {}) => follow(`/ops/${path(rest)}`, shown, failed),
    /** A sheet at the side: `fill(id, content)` fills it, and returns what ends its updates. */
    sheet: (kind, title, fill) => {
      sheetFor(own(kind), `${bot}: ${title}`, (id, content) => fillSheet(bot, fill, id, content));
      if (location.hash.startsWith(addressOf(own(kind), ""))) followAddress();
    },
    sheetAddress: (kind, id) => addressOf(own(kind), id),
    closeSheet,
    /** Where on-call looks at a chat of this bot, and at a job; empty for people, who do not. */
    chatAddress: (chat) => ON_CALL && addressOf("chat", `${bot}:${chat}`),
    jobAddress: (job) => ON_CALL && addressOf("job", `job:${job}`),
    /** Fields of the page's address, by names of its own. */
    address: {
      read: (name) => read(own(name)),
      write: (fields) => write(Object.fromEntries(Object.entries(fields).map(([name, value]) => [own(name), value]))),
      on: onAddress,
      filterIn: (form, prefix, changed) => filterIn(form, own(prefix), changed),
    },
    /** A name for one wish: sent twice with it, it is done once. */
    onceKey: () => `${Date.now()}-${Math.random().toString(36).slice(2)}`,
    dom,
    words: { ...words, jobState },
  };
}

/** Have a section's styles be those of its place and of its sheets, and of nothing else on the page. */
export function dress(bot, css) {
  if (!css) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`[data-of="${CSS.escape(bot)}"] {\n${css}\n}`);
  document.adoptedStyleSheets.push(sheet);
}

async function asksOf(bot) {
  const { asks } = await ask(`bots/${encodeURIComponent(bot)}`);
  const below = `/ops/bots/${bot}`.length;
  return new Set(asks.map(({ method, path }) => `${method} ${path.slice(below)}`));
}

// A sheet of a section looks as its own styles say, and if it breaks, that is said in it.
function fillSheet(bot, fill, id, content) {
  content.dataset.of = bot;
  let close;
  try {
    close = fill(id, content);
  } catch (error) {
    console.error(`the section of ${bot}:`, error);
    content.replaceChildren(dom.h("p.fault", `This does not work: ${error.message}`));
  }
  return () => {
    delete content.dataset.of;
    try {
      close?.();
    } catch (error) {
      console.error(`the section of ${bot}:`, error);
    }
  };
}

function listen(target, name, listener) {
  const heard = () => listener();
  target.addEventListener(name, heard);
  return () => target.removeEventListener(name, heard);
}

// One that broke is opened again; while the page is not seen there is none.
function follow(address, shown, failed) {
  let [leave, again, over] = [null, 0, false];
  const heard = (name, news) => (name === "problem" ? failed(news.error) : shown(news));
  const ended = (status) => {
    if (status) failed(`The service answers ${status}.`);
    again = setTimeout(start, AGAIN_MS);
  };
  const start = () => {
    clearTimeout(again);
    leave?.();
    leave = document.hidden ? null : openStream(address, { ...OURS, Accept: "text/event-stream" }, heard, ended);
  };
  const seen = listen(document, "visibilitychange", () => over || start());
  start();
  return () => {
    over = true;
    clearTimeout(again);
    seen();
    leave?.();
  };
}
