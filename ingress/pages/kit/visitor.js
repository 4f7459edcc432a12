// Who is here, as far as this browser can say it: Telegram's word, a link's token, or whoever one chooses to be in a demo.
// Whoever has entered by a code is known by a cookie, which no script reads.
import { keep, recall } from "./store.js";
import { initData } from "./telegram.js";

const DEMO = "mailroom.visitor";
const USER = /^[1-9][0-9]{0,15}$/;
const LINK = "l";
const asked = new URLSearchParams(location.search);
let linked = new URLSearchParams(location.hash.slice(1)).get(LINK) ?? "";

/** A number from 100000 to 999999: enough for a demo's visitors, and easy to read out. */
const anyVisitor = () => String(100_000 + (crypto.getRandomValues(new Uint32Array(1))[0] % 900_000));

/** Who one is in a demo: whoever the address says (`user`), who one was before, or anybody. */
export function demoVisitor(chosen = asked.get("user")) {
  const wanted = [chosen, recall(DEMO)].find((one) => USER.test(one ?? "")) ?? anyVisitor();
  keep(DEMO, wanted);
  return wanted;
}

export const newDemoVisitor = () => demoVisitor(anyVisitor());

/** The token of the link that has opened the page, which stands behind the # and is sent to nobody else; or "". */
export const linkToken = () => linked;

/** Who came by a link has entered, and is somebody: the token is taken out of the address. */
export function leaveLink() {
  if (!linked) return;
  linked = "";
  history.replaceState(history.state, "", `${location.pathname}${location.search}`);
}

/** By what somebody is known: "telegram", "link", "demo", "code", or "" where nobody is. `me` is what `api/_me` told. */
export function knownBy(me) {
  if (initData()) return "telegram";
  if (linked) return "link";
  if (me?.visitor?.logged_in) return "code";
  return me?.enter?.includes("demo") ? "demo" : "";
}

/** What says it to the service, in `Authorization`. */
export function authorization(me) {
  const proof = { telegram: initData, link: linkToken, demo: demoVisitor };
  const scheme = { telegram: "tma", link: "grant", demo: "demo" };
  const way = knownBy(me);
  return way in scheme ? `${scheme[way]} ${proof[way]()}` : "";
}
