// One chat: what waits, what its actor says, what holds it up, and what can be done about it.
import { drain, restart, resume, skip, suspend } from "./actions.js";
import { ask } from "./ask.js";
import { $, facts, h, keep, row, say, sayOrHide, state } from "./dom.js";
import { held } from "./mailboxes.js";
import { sheetFor } from "./sheet.js";
import { ago, count, duration, indented, moment, nowMs } from "./words.js";

const EVERY_MS = 2000;

sheetFor("chat", "Chat", (name, content) => {
  const view = chatView(name);
  content.append(view);
  const refresh = async () => {
    if (document.hidden) return;
    try {
      view.update(await ask(`chats/${encodeURIComponent(name)}`));
    } catch (error) {
      view.fail(error.message);
    }
  };
  const timer = setInterval(refresh, EVERY_MS);
  document.addEventListener("acted", refresh);
  refresh();
  return () => {
    clearInterval(timer);
    document.removeEventListener("acted", refresh);
  };
});

function chatView(name) {
  const [fault, word, list, actor, kept] = [h("p.fault", { hidden: true }), h("p"), h("dl.facts"), h("dl.facts"), h("dl.facts.mono")];
  const button = (label, onclick, classes = "") => h(`button${classes}`, label, { onclick });
  let head = null;
  const [putAside, goOn] = [button("Suspend", () => suspend(name)), button("Resume", () => resume(name))];
  const skipHead = button("Skip first message", () => skip(name, head), ".danger");
  const buttons = h("div.buttons", goOn, putAside, button("Restart", () => restart(name)), button("Drain", () => drain(name)), skipHead);
  const messages = h("tbody");
  const parts = { actor: block("Actor", actor), kept: block("State", kept) };
  const table = h("table.list.messages", h("thead", h("tr", ["Number", "Kind", "Waits", "Attempts", "Trace"].map((title) => h("th", title)))), messages);
  const line = block("In line", table);
  const view = h("div", fault, word, buttons, list, parts.actor, line, parts.kept);
  view.fail = (message) => sayOrHide(fault, message);
  view.update = (chat) => {
    view.fail("");
    head = chat.waiting[0] ?? null;
    const parked = chat.parked_until_ms > nowMs();
    if (chat.suspended) state(word, "suspended", held(chat.suspended, name));
    else if (parked) state(word, "parked", `parked for ${duration((chat.parked_until_ms - nowMs()) / 1000)}, as the platform asked`);
    else state(word, chat.depth ? "running" : "idle", chat.depth ? "at work" : "idle");
    goOn.hidden = chat.suspended !== name;
    putAside.hidden = chat.suspended === name;
    skipHead.disabled = !head;
    facts(list, [
      ["Waiting", count(chat.depth)],
      ["Oldest", head ? duration((nowMs() - head.accepted_ms) / 1000) : ""],
      ["Dead letters", chat.dead_letters ? count(chat.dead_letters) : ""],
      ["Owner", chat.owner || "nobody"],
      ["Epoch", chat.epoch],
      ["Partition", chat.partition],
      ...Object.entries(chat.timers).map(([timer, ms]) => [`Timer ${timer}`, moment(ms)]),
    ]);
    fold(parts.actor, actor, chat.actor, "It is not in memory.");
    fold(parts.kept, kept, chat.state, "It has none.");
    keep(messages, chat.waiting, (message) => String(message.seq), messageRow);
    line.hidden = !chat.waiting.length;
  };
  return view;
}

const block = (title, content) => h("section", h("h3", title), content);

function fold(part, list, values, none) {
  const pairs = Object.entries(values).map(([name, value]) => [name.replaceAll("_", " "), typeof value === "string" ? value : JSON.stringify(value)]);
  facts(list, pairs.length ? pairs : [["", none]]);
}

function messageRow(message) {
  const [waits, attempts] = [h("span"), h("span")];
  const payload = h("details", h("summary", message.kind + (message.expedited ? ", expedited" : "")), h("pre", indented(message.payload)));
  const line = row(["number", message.seq], ["", payload, ".wide"], ["waits", waits], ["attempts", attempts], ["trace", h("code", message.trace)]);
  line.update = (now) => {
    say(waits, ago(now.accepted_ms).replace(" ago", ""));
    say(attempts, now.attempts || "–");
  };
  return line;
}

$("#mailboxes .find").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `chat/${encodeURIComponent(event.target.chat.value.trim())}`;
});
