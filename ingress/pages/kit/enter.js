// How somebody enters who is not known yet: by a one-time code that is sent to them, or in Telegram.
import { ask, chatUrl, known, learn, me } from "./api.js";
import { h, say } from "./dom.js";
import { leaveLink } from "./visitor.js";
import { t } from "./words.js";

const DIGITS = 6;

/**
 * The ways in that the page has, as an element; `entered(me)` is told of whoever has come in by a code. `join` adds the
 * address to whoever is here already. `problem` is why they are asked: a link that is over, a session that is.
 */
export function enterForm({ entered, join = false, problem = null }) {
  const box = h("section.enter");
  const way = { box, entered, join, problem, address: "" };
  if (me?.enter.includes("code")) askAddress(way);
  else box.replaceChildren(...why(problem), h("p", t("enterInTelegram")));
  const url = me?.enter.includes("telegram") && !join && known() !== "telegram" ? chatUrl() : null;
  if (url) box.append(h("a.chat", { href: url, rel: "noopener" }, t("enterChat")));
  return box;
}

/** Whoever is here is logged out, in this browser or `everywhere`. */
export async function leave({ everywhere = false } = {}) {
  await ask("POST", "_leave", { everywhere }, { entering: true });
  return learn({ anew: true });
}

const why = (problem) => (problem ? [h("p.why", `${problem.message} ${problem.advice ?? ""}`.trim())] : []);

function askAddress(way) {
  const [mail, phone] = ["mail", "phone"].map((kind) => me.codes_to.includes(kind));
  const label = t(mail && phone ? "enterMailOrPhone" : phone ? "enterPhone" : "enterMail");
  const kind = { type: mail && phone ? "text" : phone ? "tel" : "email", inputMode: mail ? "email" : "tel" };
  const field = h("input", { name: "address", required: true, maxLength: 300, value: way.address, autocomplete: mail && phone ? "username" : phone ? "tel" : "email", ...kind });
  form(way, { field, label, go: t("enterSend"), before: why(way.problem) }, async () => {
    way.address = field.value.trim();
    askCode(way, await ask("POST", "_code", { address: way.address }, { entering: true }));
  });
}

function askCode(way, sent) {
  const digits = sent.digits ?? DIGITS;
  const field = h("input", { name: "code", required: true, inputMode: "numeric", autocomplete: "one-time-code", maxLength: digits + 2 });
  const seen = sent.seen_at ? h("p", h("a.seen", { href: sent.seen_at, target: "_blank", rel: "noopener" }, t("enterSeen"))) : null;
  const other = h("button.plain", { type: "button", onclick: () => askAddress(way) }, t("enterOther"));
  const again = h("button.plain.again", { type: "button" });
  const { send, fail } = form(way, {
    field, label: t("enterCode"), go: t("enter"), before: [h("p", t("enterSent", sent.sent_to)), seen], after: [again, other],
  }, async () => {
    const code = field.value.replace(/\D/g, "");
    await ask("POST", "_enter", { address: way.address, code, join: way.join }, { entering: true });
    if (!way.join) leaveLink();
    await way.entered(await learn({ anew: true }));
  });
  field.oninput = () => field.value.replace(/\D/g, "").length === digits && send();
  again.onclick = async () => {
    again.disabled = true;
    try {
      const anew = await ask("POST", "_code", { address: way.address }, { entering: true });
      field.value = "";
      field.focus();
      countDown(again, anew.again_seconds);
    } catch (error) {
      fail(error);
      countDown(again, error.retrySeconds);
    }
  };
  countDown(again, sent.again_seconds);
}

/** A code may be asked for again in so many seconds. */
function countDown(button, seconds) {
  const ends = Date.now() + seconds * 1000;
  const show = () => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    button.disabled = left > 0;
    say(button, left > 0 ? t("enterAgainIn", left) : t("enterAgain"));
    if (left > 0) setTimeout(() => button.isConnected && show(), 500);
  };
  show();
}

/** One field and what is done with it; while it is done, or has gone wrong, the form says so. */
function form({ box }, { field, label, go, before = [], after = [] }, does) {
  const wrong = h("p.bad", { role: "alert", hidden: true });
  const button = h("button.main", { type: "submit" }, go);
  const fail = (error) => {
    wrong.hidden = false;
    say(wrong, `${error.message} ${error.advice ?? ""}`.trim());
  };
  let busy = false;
  const send = async () => {
    if (busy || !field.reportValidity()) return;
    wrong.hidden = busy = button.disabled = true;
    try {
      await does();
    } catch (error) {
      fail(error);
      field.select();
    }
    busy = button.disabled = false;
  };
  const made = h("form", { onsubmit: (event) => { event.preventDefault(); send(); } }, ...before, h("label.field", h("span", label), field), wrong, h(".buttons", button, ...after));
  const old = box.querySelector("form");
  if (old) old.replaceWith(made);
  else box.prepend(made);
  if (old) field.focus();
  return { send, fail };
}
