// What needs on-call, first things first: each with what is to be done about it, and the way there.
import { $, h, keep, say, state } from "./dom.js";
import { showQueue } from "./jobs.js";
import { addressOf } from "./sheet.js";
import { reveal } from "./tree.js";
import { ago, count } from "./words.js";

const section = $("#attention");
const badge = $("#needs");
// A level in the colours that nodes have, and in a word for who does not see them.
const LOOKS = { act: "stuck", look: "restarting", know: "suspended" };
const WORDS = { act: "Act", look: "Look", know: "Know" };
const LISTS = { dead: "#dead", suspensions: "#suspensions", restored: "#restored", payments: "#payments", tree: "#tree", work: "#periodic" };

/** Show it. `why` says why nothing can be said, where that is so. */
export function showAttention(concerns, processes) {
  keep($(".concerns", section), concerns, (concern) => `${concern.kind} ${concern.level}`, concernLine);
  const well = $(".well", section);
  well.hidden = concerns.length > 0;
  if (!concerns.length) state(well, "running", `All is well: ${partsOf(processes)}.`);
  const pressing = concerns.filter((concern) => concern.level !== "know").length;
  badge.hidden = !pressing;
  say(badge, pressing);
  document.title = `${pressing ? `(${pressing}) ` : ""}Mailroom console`;
}

function partsOf(processes) {
  const parts = (node) => 1 + node.children.reduce((sum, child) => sum + parts(child), 0);
  const number = processes.reduce((sum, process) => sum + (process.root ? parts(process.root) : 0), 0);
  return `${count(number)} parts run in ${processes.length === 1 ? "one process" : `${count(processes.length)} processes`}, and nothing is suspended or dead`;
}

function concernLine({ kind }) {
  const [says, todo, command] = [h("h3"), h("p.todo"), h("code")];
  const level = h("span");
  const things = h("ul.things");
  const line = h("li.concern", h("div.what", level, says), things, h("div.do", todo, command));
  line.dataset.kind = kind;
  line.update = (concern) => {
    line.dataset.level = concern.level;
    state(level, LOOKS[concern.level], WORDS[concern.level]);
    say(says, concern.says);
    say(todo, concern.todo);
    say(command, concern.command);
    command.hidden = !concern.command;
    const more = concern.things.length > 1 ? concern.number - shownBy(concern) : 0;
    const items = [...concern.things, ...(more > 0 ? [{ name: `and ${count(more)} more`, at: moreAt(concern), why: "", since_ms: 0 }] : [])];
    keep(things, items, (thing) => `${thing.name} ${thing.at}`, thingItem);
  };
  return line;
}

// A group of suspensions is one thing, and stands for many.
const shownBy = (concern) => (concern.kind === "suspensions" ? concern.number : concern.things.length);

function moreAt({ kind }) {
  return { chats: "waits", dead_jobs: "jobs", parked: "suspensions", process: "tree", part: "tree", queues: "jobs", periodic: "work" }[kind] ?? "";
}

function thingItem({ name, at }) {
  const why = h("span.why");
  const item = h("li", wayTo(name, at), why);
  item.update = (thing) => say(why, [thing.since_ms ? ago(thing.since_ms) : "", thing.why.split("\n")[0]].filter(Boolean).join(", "));
  return item;
}

function wayTo(name, at) {
  const [kind, ...rest] = at.split("/");
  const id = rest.join("/");
  switch (kind) {
    case "chat":
    case "job":
      return h("a.chat", name, { href: addressOf(kind, id) });
    case "process":
      return h("a.chat", name, { href: "#tree", onclick: () => reveal(id) });
    case "node":
      return h("a.chat", name, { href: "#tree", onclick: () => reveal(rest[0], rest.slice(1).join("/")) });
    case "queue":
      return h("a.chat", name, { href: "#jobs", onclick: () => showQueue(id) });
    case "jobs":
      return h("a.chat", name, { href: "#jobs", onclick: () => showQueue("", "dead") });
    case "waits":
      return h("a.chat", name, { href: "#mailboxes", onclick: () => $('#mailboxes [data-by="age"]').click() });
    default:
      return LISTS[kind] ? h("a", name, { href: LISTS[kind] }) : h("span", name);
  }
}
