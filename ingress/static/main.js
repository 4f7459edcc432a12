// The page: a stream of news, and each part of the page told of its piece of it.
import "./chat.js";
import "./job.js";
import "./letter.js";
import { ask } from "./ask.js";
import { Chart } from "./chart.js";
import { deadAre } from "./dead.js";
import { $, h, keep, say, state } from "./dom.js";
import { proposeTargets, refreshAudit, showSuspensions } from "./held.js";
import { refreshQueues } from "./jobs.js";
import { chooseOrder, showChats } from "./mailboxes.js";
import { refreshRestored } from "./restored.js";
import { followAddress } from "./sheet.js";
import { nodePaths, showTree } from "./tree.js";
import { count, duration, latency, nowMs, rate, setClock } from "./words.js";

const AUDIT_EVERY_MS = 15000;
const POINTS_MAX = 300;
const AGAIN_MS = 5000;
const QUEUES_EVERY_MS = 5000;

const live = $("#live");
const percentiles = (name) => [[`${name}_p50`, "half within"], [`${name}_p99`, "99 % within"]];
const charts = [
  new Chart($("#throughput"), [["accepted", "accepted"], ["handled", "handled"], ["replies", "replies"]], rate, 1),
  new Chart($("#handling"), percentiles("handling"), latency, 0.001),
  new Chart($("#waited"), percentiles("waited"), latency, 0.001),
];
let points = [];
let stream = null;
let by = "depth";
let again = 0;

function show(news) {
  setClock(news.at_ms);
  const { tree, totals, chats, suspensions, rates, faults } = news;
  if (rates) points = [...points, rates].slice(-POINTS_MAX);
  for (const chart of charts) chart.show(points);
  showTree(tree, suspensions, faults.tree);
  showChats(chats, faults.chats);
  showSuspensions(suspensions, faults.suspensions);
  proposeTargets(nodePaths(tree));
  showTotals(totals, faults.totals);
  if (totals && !faults.totals) deadAre("chats", totals.dead_letters);
}

function showTotals(totals, fault) {
  const pairs = totals ? [
    ["messages waiting", count(totals.messages_waiting)],
    ["chats waiting", count(totals.chats_waiting)],
    ["longest wait", totals.oldest_ms ? duration((nowMs() - totals.oldest_ms) / 1000) : "–"],
    ["dead letters", count(totals.dead_letters), totals.dead_letters > 0],
    ["suspended chats", count(totals.suspended_chats), totals.suspended_chats > 0],
  ] : [];
  keep($("#totals"), pairs, ([name]) => name, ([name]) => {
    const value = h("dd");
    const item = h("div", value, h("dt", name));
    item.update = ([, words, raised]) => {
      say(value, words);
      item.classList.toggle("raised", Boolean(raised));
    };
    return item;
  });
  $("#totals").classList.toggle("old", Boolean(fault));
  if (fault) state(live, "stuck", `live, but ${fault}`);
}

function listen() {
  clearTimeout(again);
  stream?.close();
  stream = new EventSource(`/console/events?by=${by}`);
  stream.addEventListener("history", (event) => { points = JSON.parse(event.data); });
  stream.addEventListener("news", (event) => {
    state(live, "running", "live");
    show(JSON.parse(event.data));
  });
  stream.addEventListener("error", lost);
}

// The browser comes back by itself when a stream breaks, but not when it was refused.
async function lost() {
  state(live, "restarting", "connection lost, trying again");
  if (stream.readyState !== EventSource.CLOSED) return;
  clearTimeout(again);
  again = setTimeout(listen, AGAIN_MS);
  await ask("totals").catch((error) => state(live, "stuck", error.message));
}

// A page nobody sees asks for nothing, and leaves its connection to others.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  clearTimeout(again);
  return stream?.close();
});
addEventListener("pagehide", () => stream?.close());

chooseOrder((order) => {
  by = order;
  listen();
});
setInterval(() => document.hidden || refreshAudit(), AUDIT_EVERY_MS);
setInterval(() => document.hidden || refreshQueues(), QUEUES_EVERY_MS);
setInterval(() => document.hidden || refreshRestored(), QUEUES_EVERY_MS);
refreshAudit();
refreshQueues();
refreshRestored();
listen();
followAddress();
