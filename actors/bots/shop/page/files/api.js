// Asking the shop's API: who asks, in which language, and what went wrong in words for the customer.
import { initData } from "./telegram.js";
import { speaks, t } from "./words.js";

const ASK_MS = 30_000;
const USER = /^[1-9][0-9]{0,15}$/;
const asked = new URLSearchParams(location.search);
const here = new URL(".", location.href);

/** The bot whose page this is: it lives at /app/BOT/. */
export const bot = decodeURIComponent(here.pathname.split("/").at(-2));
/** Whether a visitor may just say who they are, and where the chat with the bot is: known after `learn`. */
export let demo = false;
export let chatUrl = null;

/** Learn what the page has to know of itself. */
export async function learn() {
  const told = await ask("_me");
  demo = told.demo;
  chatUrl = /^https?:\/\//.test(told.chat_url ?? "") ? told.chat_url : null;
}

/** What went wrong: `message` and `advice` are for the customer, `code` and `body` for the page. */
export class Problem extends Error {
  constructor(status, body, retrySeconds = 0) {
    super(body.error);
    Object.assign(this, { status, body, code: body.code, advice: body.what_to_do ?? "", retrySeconds });
  }
}

/** Whether anybody can be served here: inside Telegram, or in a demo. */
export const known = () => Boolean(initData()) || demo;

/** A number from 100000 to 999999: enough for a demo's visitors, and easy to read out. */
const anyVisitor = () => String(100_000 + (crypto.getRandomValues(new Uint32Array(1))[0] % 900_000));

export function demoVisitor(chosen = asked.get("user")) {
  const key = "mailroom.visitor";
  const wanted = [chosen, recall(key)].find((one) => USER.test(one ?? "")) ?? anyVisitor();
  keep(key, wanted);
  return wanted;
}

export const newDemoVisitor = () => demoVisitor(anyVisitor());

function authorization() {
  if (initData()) return `tma ${initData()}`;
  return demo ? `demo ${demoVisitor()}` : "";
}

let reached = true;
let toldOfReach = () => {};
let toldOfRefusal = () => {};

/** Told whenever the service is lost, or found again. */
export function onReach(told) {
  toldOfReach = told;
}

/** Told when the service does not know who is here (any more): nothing can be done before that is settled. */
export function onRefusal(told) {
  toldOfRefusal = told;
}

function reach(now) {
  if (now === reached) return;
  reached = now;
  toldOfReach(now);
}

/** Ask; the answer, or a `Problem`. `language` is null as long as the service is to choose it. */
export async function ask(path, { body, method = body ? "POST" : "GET", signal, language = speaks(), raw = false } = {}) {
  const query = new URLSearchParams(language ? { lang: language } : {});
  const headers = { Accept: "application/json" };
  const who = authorization();
  if (who) headers.Authorization = who;
  if (body) headers["Content-Type"] = "application/json";
  const clock = AbortSignal.timeout?.(ASK_MS);
  const either = signal && clock && AbortSignal.any ? AbortSignal.any([signal, clock]) : signal ?? clock;
  let response;
  let answer;
  try {
    response = await fetch(new URL(`api/${path}?${query}`, here), { method, headers, body: body && JSON.stringify(body), signal: either, cache: "no-store" });
    answer = raw && response.ok ? await response.blob() : await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    reach(false);
    throw new Problem(0, { error: t("failed"), what_to_do: t("lost"), code: "lost" });
  }
  reach(response.status !== 503 || answer.code !== "unavailable");
  if (response.ok) return answer;
  const problem = new Problem(response.status, answer, Number(response.headers.get("Retry-After")) || 0);
  if (problem.status === 401) toldOfRefusal(problem);
  throw problem;
}

/** Keep something in this browser; one that keeps nothing is no reason to fail. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch { /* a private window */ }
}

export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
