// The page: a stream of news, and each part of the page told of its piece of it.
import "./charts.js";
import "./chat.js";
import "./job.js";
import "./letter.js";
import { OURS, ask, query } from "./ask.js";
import { showAttention } from "./attention.js";
import { deadAre } from "./dead.js";
import { $, h, keep, say, state } from "./dom.js";
import { proposeTargets, refreshAudit, showSuspensions } from "./held.js";
import { refreshQueues } from "./jobs.js";
import { orderNow, onOrder, showChats } from "./mailboxes.js";
import { refreshPayments } from "./payments.js";
import { refreshPeriodic } from "./periodic.js";
import { refreshRestored } from "./restored.js";
import { followAddress } from "./sheet.js";
import { openStream } from "./stream.js";
import { nodePaths, showTree } from "./tree.js";
import { count, duration, nowMs, setClock } from "./words.js";

const AUDIT_EVERY_MS = 15000;
const SOON_MS = 2000;
const AGAIN_MS = 5000;
const SILENT_MS = 4500;
const QUEUES_EVERY_MS = 5000;

const live = $("#live");
let leave = null;
let again = 0;
let heardAt = 0;

function show(news) {
  setClock(news.at_ms);
  const { concerns, tree, totals, chats, suspensions, suspended, faults } = news;
  showAttention(concerns, tree ?? []);
  showTree(tree, suspensions, faults.processes);
  showChats(chats, totals?.suspended_chats, faults.chats);
  showSuspensions(suspensions, suspended, faults.suspensions);
  proposeTargets(nodePaths(tree));
  showTotals(totals, faults.totals);
  if (totals && !faults.totals) deadAre("chats", totals.dead_letters);
  if (totals?.dead_jobs !== null && totals?.dead_jobs !== undefined) deadAre("jobs", totals.dead_jobs);
}

function showTotals(totals, fault) {
  const pairs = totals ? [
    ["messages waiting", count(totals.messages_waiting)],
    ["chats waiting", count(totals.chats_waiting)],
    ["longest wait", totals.oldest_ms ? duration((nowMs() - totals.oldest_ms) / 1000) : "–"],
    ["dead letters, jobs too", totals.dead_jobs === null ? `${count(totals.dead_letters)} + ?` : count(totals.dead_letters + totals.dead_jobs), totals.dead_letters + totals.dead_jobs > 0],
    ["suspended chats waiting", count(totals.suspended_chats), totals.suspended_chats > 0],
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
}

function listen() {
  clearTimeout(again);
  leave?.();
  heardAt = Date.now();
  leave = openStream(`/console/events${query(orderNow())}`, OURS, heard, lost);
}

function heard(name, news) {
  heardAt = Date.now();
  const fault = Object.values(news.faults)[0];
  state(live, fault ? "stuck" : "running", fault ? `live, but ${fault}` : "live");
  document.body.classList.remove("stale");
  show(news);
}

// One that broke is opened again soon; one that was refused later, for what is in the way takes a while to go.
function lost(status) {
  leave = null;
  // Somebody has logged in anew in another window: this page is of the session before.
  if (status === 403) return location.reload();
  document.body.classList.add("stale");
  state(live, "restarting", "connection lost, trying again");
  again = setTimeout(listen, status ? AGAIN_MS : SOON_MS);
  return status && ask("totals").catch((error) => state(live, "stuck", error.message));
}

// A process that hangs keeps its connections: what is shown then is old, and must not look well.
setInterval(() => {
  const silent = Date.now() - heardAt;
  if (document.hidden || !leave || silent < SILENT_MS) return;
  document.body.classList.add("stale");
  state(live, "stuck", `no word for ${duration(silent / 1000)}: the process behind this page does not answer`);
}, 1000);

// A page nobody sees asks for nothing, and leaves its connection to others.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return listen();
  clearTimeout(again);
  return leave?.();
});
addEventListener("pagehide", () => leave?.());

onOrder(listen);
setInterval(() => document.hidden || refreshAudit(), AUDIT_EVERY_MS);
setInterval(() => document.hidden || refreshQueues(), QUEUES_EVERY_MS);
setInterval(() => document.hidden || refreshPayments(), QUEUES_EVERY_MS);
setInterval(() => document.hidden || refreshPeriodic(), QUEUES_EVERY_MS);
setInterval(() => document.hidden || refreshRestored(), QUEUES_EVERY_MS);
refreshAudit();
refreshQueues();
refreshPayments();
refreshPeriodic();
refreshRestored();
listen();
followAddress();
