// The supervision tree of every process: a row a node, its error folded out below it.
import { node as actions } from "./actions.js";
import { $, h, keep, row, say, sayOrHide, state } from "./dom.js";
import { ago, duration, nowMs } from "./words.js";

const section = $("#tree");
const unstoppable = section.dataset.unstoppable.split(",");

const TROUBLE = ["parked", "stuck", "restarting", "stopped", "suspended"];
// Stopped without an error are parts that wait for those before them, as where another process owns the chats.
const troubled = (node, word) => node.state === word && (word !== "stopped" || node.error);
const blocks = $(".processes", section);

let heldEverywhere = new Set();

/** `suspensions` tell what is put aside everywhere; what else is aside is so in its own process. */
export function showTree(processes, suspensions, fault) {
  heldEverywhere = new Set((suspensions ?? []).map((held) => held.target));
  sayOrHide($(".fault", section), fault && `The tree: ${fault}`);
  keep(blocks, processes ?? [], (process) => process.id, processBlock);
}

/** Fold a process out, or all that have a node, and go to it; also where it is put aside in all of them. */
export function reveal(process, path) {
  const found = [...blocks.children].filter((block) => !process || block.key === process);
  for (const block of found) block.unfold();
  const line = found.flatMap((block) => [...block.querySelectorAll(".node-row")]).find((row) => path && row.path === path);
  const at = line ?? found[0] ?? section;
  setTimeout(() => at.scrollIntoView({ block: "center" }));
  line?.classList.add("meant");
  setTimeout(() => line?.classList.remove("meant"), 4000);
}

const walk = (node) => [node, ...node.children.flatMap(walk)];

/** How a process is, in a state and in words; `well` while nothing of it needs to be seen. */
function healthOf(process) {
  if (!process.root) return { well: false, word: "stuck", says: "does not answer" };
  const nodes = walk(process.root);
  const ailing = nodes.filter((node) => node.ails).length;
  const counted = TROUBLE.map((word) => [word, nodes.filter((node) => troubled(node, word)).length]).filter(([, number]) => number);
  if (ailing) counted.unshift(["ailing", ailing]);
  if (!counted.length) return { well: true, word: "running", says: nodes.some((node) => node.state === "stopped") ? "stands by: another process owns the chats" : `all ${nodes.length} parts run` };
  const worst = ["stuck", "ailing", "parked", "stopped", "restarting"].find((word) => counted.some(([one]) => one === word)) ?? counted[0][0];
  return { well: false, word: worst === "ailing" ? "stuck" : worst, says: `${counted.map(([word, number]) => `${number} ${word === "ailing" ? "cannot work" : word}`).join(", ")} of ${nodes.length} parts` };
}

export function nodePaths(processes) {
  const paths = (node) => [node.path, ...node.children.flatMap(paths)];
  return [...new Set((processes ?? []).flatMap((process) => (process.root ? paths(process.root) : [])))].filter(Boolean);
}

function processBlock({ id }) {
  const about = h("span.dim");
  const silent = h("p.fault");
  const body = h("tbody");
  const table = h("table.list.tree",
    h("thead", h("tr", h("th", "Node"), h("th", "State"), h("th.number", "Up"), h("th.number", "Restarts"), h("th", "Details"), h("th", h("span.unseen", "Actions")))),
    body);
  const health = h("span");
  const head = h("summary", h("h3", h("code", id)), health, about);
  const block = h("details.process", head, silent, table);
  let touched = false;
  head.addEventListener("click", () => { touched = true; });
  block.unfold = () => { touched = block.open = true; };
  block.update = (process) => {
    const { well, word, says } = healthOf(process);
    state(health, word, says);
    if (!touched && block.open === well) block.open = !well;
    say(about, `${process.roles.join(" + ")} · pid ${process.pid} on ${process.host} · up ${duration(process.uptime_seconds)}`);
    sayOrHide(silent, process.root ? "" : `It does not answer: ${process.why || "no reason known"}.`);
    table.hidden = !process.root;
    keep(body, process.root ? [...lines(process.root, 0)] : [], (line) => line.key, (line) => (line.error ? errorRow(line) : nodeRow(line, process.id)));
  };
  return block;
}

function* lines(node, depth) {
  yield { key: `node ${node.path}`, node, depth };
  if (node.error) yield { key: `error ${node.path}`, node, depth, error: true };
  for (const child of node.children) yield* lines(child, depth + 1);
}

function nodeRow({ node: { path, type, strategy }, depth }, process) {
  const name = h("span.name", path ? path.split("/").at(-1) : "root");
  const [word, up, restarts, details] = [h("span"), h("span"), h("span"), h("span.dim")];
  const buttons = path ? nodeButtons(path, process) : { update() {} };
  // On a phone the actions of a node are folded away.
  const more = h("button.more", "⋯", { ariaLabel: `Actions on ${path}`, ariaExpanded: "false", onclick: () => { more.ariaExpanded = line.classList.toggle("open"); } });
  const line = row(
    ["", h("span.node", { title: `${path || "root"}: ${type}${strategy ? `, ${strategy}` : ""}` }, name, strategy ? h("span.strategy.dim", strategy) : null), ".first"],
    ["", word],
    ["up", up, ".number"],
    ["restarts", restarts, ".number"],
    ["", details, ".details"],
    ["", path ? buttons : "", ".acts"],
  );
  line.classList.add("node-row");
  line.path = path;
  if (path) line.cells[2].append(" ", more);
  line.style.setProperty("--depth", depth);
  line.update = ({ node }) => {
    const waits = node.next_start_ms ? ` in ${duration((node.next_start_ms - nowMs()) / 1000)}` : "";
    state(word, node.ails ? "stuck" : node.state, node.ails ? "cannot work" : node.state + waits);
    say(up, node.uptime_seconds ? duration(node.uptime_seconds) : "–");
    say(restarts, node.restarts || "–");
    restarts.classList.toggle("raised", node.restarts > 0);
    line.classList.toggle("ails", Boolean(node.ails));
    say(details, [node.ails, ...Object.entries(node.details).map(([name, value]) => `${name.replaceAll("_", " ")} ${value}`)].filter(Boolean).join(" · "));
    buttons.update(node.state);
  };
  return line;
}

function nodeButtons(path, process) {
  const stoppable = !path.split("/").some((word) => unstoppable.includes(word));
  const button = (name, onclick) => h("button", name, { onclick, ariaLabel: `${name} ${path}` });
  const restart = button("Restart", () => actions.restart(path, process));
  const suspend = button("Suspend", () => actions.suspend(path));
  const drain = button("Drain", () => actions.drain(path));
  const resume = button("Resume", () => actions.resume(path, heldEverywhere.has(path) ? undefined : process));
  const buttons = h("span.buttons", restart, stoppable ? [suspend, drain, resume] : []);
  buttons.update = (now) => {
    const aside = now === "suspended" || now === "parked";
    resume.hidden = !aside;
    restart.hidden = suspend.hidden = drain.hidden = aside;
  };
  return buttons;
}

function errorRow() {
  const [summary, when, text] = [h("span"), h("span.dim"), h("pre")];
  const cell = h("td", { colSpan: 6 }, h("details", h("summary", summary, " ", when), text));
  const line = h("tr.error-row", cell);
  line.update = ({ node, depth }) => {
    line.style.setProperty("--depth", depth);
    say(summary, node.error);
    say(when, node.error_ms ? ago(node.error_ms) : "");
    say(text, node.traceback || "No traceback was kept.");
  };
  return line;
}

