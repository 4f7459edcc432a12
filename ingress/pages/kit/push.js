// Notices in this browser, whether the page is open or not: https://www.w3.org/TR/push-api/
import { ask, me } from "./api.js";

const home = new URL(".", location.href);

/** The service worker of this bot's page; null where the browser has none. It shows notices, and the page's files without a network. */
export async function worker() {
  if (!navigator.serviceWorker) return null;
  return navigator.serviceWorker.register(new URL("kit/sw.js", home), { scope: home.pathname });
}

/** Whether notices are shown here: "on", "off", "denied" by the browser, or "" where there are none. Known after `learn`. */
export async function noticesHere() {
  if (!me?.push_key || !("PushManager" in window) || !("Notification" in window) || !navigator.serviceWorker) return "";
  if (Notification.permission === "denied") return "denied";
  return (await subscription()) ? "on" : "off";
}

/** Show notices here, for whoever is known; to be called at a tap, since the browser asks. Returns as `noticesHere`. */
export async function showNotices() {
  if (!await noticesHere()) return "";
  if (await Notification.requestPermission() !== "granted") return noticesHere();
  const registered = await worker();
  await active(registered);
  const key = bytes(me.push_key);
  let here = await registered.pushManager.getSubscription();
  if (here && !same(here.options.applicationServerKey, key)) {
    await here.unsubscribe();
    here = null;
  }
  here ??= await registered.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  await ask("POST", "_push", { subscription: here.toJSON() });
  return "on";
}

/** Show none here any more. */
export async function hideNotices() {
  const here = await subscription();
  if (!here) return;
  await ask("DELETE", "_push", { endpoint: here.endpoint });
  await here.unsubscribe();
}

async function subscription() {
  const registered = await navigator.serviceWorker?.getRegistration(home.pathname);
  return registered?.pushManager?.getSubscription() ?? null;
}

function active(registered) {
  const coming = registered.installing ?? registered.waiting;
  if (registered.active || !coming) return null;
  return new Promise((resolve) => coming.addEventListener("statechange", () => coming.state === "activated" && resolve()));
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function same(one, other) {
  const held = new Uint8Array(one ?? 0);
  return held.length === other.length && held.every((byte, at) => byte === other[at]);
}
