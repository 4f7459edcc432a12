// Asking the service: who asks, in which language, and what went wrong in words for the visitor.
import { speaks } from "./language.js";
import { authorization, knownBy } from "./visitor.js";
import { t } from "./words.js";

const ASK_MS = 30_000;
const SEND_MS = 300_000;
const here = new URL(".", location.href);

/** The bot whose page this is: it lives at /app/BOT/. */
export const bot = decodeURIComponent(here.pathname.split("/").at(-2));
/** What the page has to know of itself, as `api/_me` tells it: null before `learn`. */
export let me = null;

/** Learn what the page has to know of itself, once; `anew` after somebody has entered or left. */
export async function learn({ anew = false } = {}) {
  if (anew) me = null;
  me ??= await ask("GET", "_me");
  return me;
}

/** Where the chat with the bot is, or null: known after `learn`. */
export const chatUrl = () => (/^https?:\/\//.test(me?.chat_url ?? "") ? me.chat_url : null);

/** By what whoever is here is known: "telegram", "link", "code", "demo", or "" where nobody is. */
export const known = () => knownBy(me);

/** What went wrong: `message` and `advice` are for the visitor, `code` and `body` for the page. */
export class Problem extends Error {
  constructor(status, body, retrySeconds = 0) {
    super(body.error);
    Object.assign(this, { status, body, code: body.code, advice: body.what_to_do ?? "", retrySeconds });
  }
}

/** A name of its own for one wish: sent twice with it, it is done once. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

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

/**
 * Send a request and return the answer, whatever it is; a `Problem` of the code "lost" where there is none. `body` is
 * an object, or a file for an ask that takes one. `language` is null as long as the service is to choose it. Whoever is
 * `entering` is nobody yet but whom Telegram knows, or the cookie.
 */
export async function send(method, path, body, { signal, language = speaks(), accept = "application/json", entering = false } = {}) {
  const url = new URL(`api/${path}`, here);
  if (language) url.searchParams.set("lang", language);
  const headers = { Accept: accept, "X-Mailroom": "page" };
  const who = entering && known() !== "telegram" ? "" : authorization(me);
  if (who) headers.Authorization = who;
  const file = body instanceof Blob;
  if (body) headers["Content-Type"] = file ? body.type || "application/octet-stream" : "application/json";
  try {
    const response = await fetch(url, { method, headers, body: body && !file ? JSON.stringify(body) : body, signal, cache: "no-store" });
    if (response.ok) reach(true);
    return response;
  } catch (error) {
    if (signal?.aborted && signal.reason?.name !== "TimeoutError") throw error;
    throw lost();
  }
}

/** The service does not answer. */
function lost() {
  reach(false);
  return new Problem(0, { error: t("failed"), what_to_do: t("lost"), code: "lost" });
}

/** What is wrong with an answer. */
export async function problemOf(response) {
  const body = await response.json().catch(() => { throw lost(); });
  reach(response.status !== 503 || body.code !== "unavailable");
  const problem = new Problem(response.status, body, Number(response.headers.get("Retry-After")) || 0);
  if (problem.status === 401) toldOfRefusal(problem);
  return problem;
}

/** Ask; the answer, or a `Problem`. `raw` gives a file as a Blob. Nothing is sent again by itself. */
export async function ask(method, path, body, { signal, raw = false, ...how } = {}) {
  const clock = AbortSignal.timeout?.(body instanceof Blob ? SEND_MS : ASK_MS);
  const either = signal && clock && AbortSignal.any ? AbortSignal.any([signal, clock]) : signal ?? clock;
  const response = await send(method, path, body, { ...how, signal: either });
  if (!response.ok) throw await problemOf(response);
  try {
    return raw ? await response.blob() : await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw lost();
  }
}
