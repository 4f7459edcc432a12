// The service worker of one bot's page: it shows notices, and the page's files where there is no network. What is asked
// is never kept: neither what a page asks, nor what somebody's links lead to.
// https://www.w3.org/TR/service-workers/

const HOME = new URL("../", self.location.href);
const OURS = `mailroom:${HOME.pathname}:`;
/** All pages of a host share one store of caches: each bot's are named by where its page is. */
const CACHE = `${OURS}1`;
const ASKED = /^(api|l|f)\//;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  const isFile = url.origin === HOME.origin && url.pathname.startsWith(HOME.pathname) && !ASKED.test(url.pathname.slice(HOME.pathname.length));
  if (event.request.method !== "GET" || !isFile || event.request.headers.has("Range")) return;
  if (url.searchParams.has("telegram")) return; // its policy is another
  event.respondWith(file(event.request, url));
});

/** The network's file; the one that was there last, where there is no network. */
async function file(request, url) {
  const name = `${url.origin}${url.pathname}`; // a query says where in the page somebody is, and may say who
  try {
    const response = await fetch(request);
    if (response.status === 200 && response.type === "basic" && !response.redirected) {
      const kept = response.clone();
      caches.open(CACHE).then((cache) => cache.put(name, kept)).catch(() => {}); // a full disk
    }
    return response;
  } catch (error) {
    const kept = await caches.open(CACHE).then((cache) => cache.match(name));
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch { /* a browser wants something shown all the same */ }
  const title = told.title || decodeURIComponent(HOME.pathname.split("/").at(-2));
  event.waitUntil(self.registration.showNotification(title, { body: told.body ?? "", data: { path: told.path ?? "" } }));
});

/** Where a notice leads: into this page and nowhere else. */
function place(path) {
  const there = new URL(path, HOME);
  return there.origin === HOME.origin && there.pathname.startsWith(HOME.pathname) ? there : HOME;
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const there = place(event.notification.data?.path ?? "").href;
  event.waitUntil((async () => {
    const [open] = await self.clients.matchAll({ type: "window" });
    if (!open) return self.clients.openWindow(there);
    await open.focus().catch(() => {}); // a browser may know better
    return open.url === there ? null : open.navigate(there);
  })());
});

// The browser has another address for notices: whoever is logged in here gets them there.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil((async () => {
  const options = event.oldSubscription?.options;
  const subscription = event.newSubscription ?? (options && await self.registration.pushManager.subscribe(options));
  if (!subscription) return;
  await fetch(new URL("api/_push", HOME), {
    method: "POST", headers: { "Content-Type": "application/json", "X-Mailroom": "page" }, body: JSON.stringify({ subscription: subscription.toJSON() }),
  });
})()));
