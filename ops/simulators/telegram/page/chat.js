// The page: one panel a user, kept up to date by the stream of events; what users do goes to /sim/….
import { startOf, telegramLink } from "/links.js";
import { element, render, rows } from "/message.js";

const MESSAGES_SHOWN = 200;
const TYPING_MS = 5000;
const TAP_MS = 10000;
const OVERLAP_MS = 500;
const SEEN_MAX = 5000;
const PEOPLE = [["Анна", "ru"], ["Ben", "en"], ["Мария", "ru"], ["Chloe", "en"], ["Игорь", "ru"], ["Dev", "en"]];
const FIRST_USER_ID = 7001;

const $ = (id) => document.getElementById(id);
const panels = new Map();
const delivered = new Set();
const seen = new Set();
let bots = [];
let bot = null;
let stream = null;

async function get(path) {
  const response = await fetch(path);
  return response.json();
}

async function post(control, body) {
  const response = await fetch(`/sim/${control}`, { method: "POST", body: JSON.stringify({ token: bot.token, ...body }) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function say(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

// Who chats with which bot is remembered by the browser.
function people() {
  try {
    const kept = JSON.parse(localStorage.getItem(`people/${bot.token}`));
    if (Array.isArray(kept) && kept.length) return kept;
  } catch { /* nothing remembered, or not readable */ }
  return [newPerson([]), newPerson([0])];
}

function newPerson(others) {
  const n = others.length ? Math.max(...others.map((p) => (p.id ? p.id - FIRST_USER_ID : p))) + 1 : 0;
  const [name, language] = PEOPLE[n % PEOPLE.length];
  return { id: FIRST_USER_ID + n, name: n < PEOPLE.length ? name : `${name} ${n + 1}`, language };
}

// Whom the bot's demo introduces: what they are to it, and what there is to do as one of them.
const introduced = (id) => (bot.people || []).find((one) => one.id === id);

function remember() {
  localStorage.setItem(`people/${bot.token}`, JSON.stringify([...panels.values()].map((panel) => panel.person)));
}

class Panel {
  constructor(person) {
    this.person = person;
    this.root = $("panel").content.firstElementChild.cloneNode(true);
    this.part = (name) => this.root.querySelector(name);
    this.log = this.part(".messages");
    this.list = this.part(".messages ol");
    this.box = this.part("textarea");
    this.items = new Map();
    this.updates = new Map();
    this.waiting = new Map();
    this.marks = new Map();
    this.act = {
      command: (text) => this.write(text),
      press: (button, message, node) => this.press(button, message, node),
      vote: (message, option) => this.deed("vote", { message_id: message.message_id, options: [option] }),
    };
    this.tab = element("button", "", person.name);
    this.wire();
    this.head();
  }

  head() {
    const { name, id, language } = this.person;
    this.part(".name").textContent = name;
    this.part(".detail").textContent = this.detail();
    this.part(".avatar").textContent = [...name][0];
    this.part(".avatar").classList.add(`hue${id % 7}`);
    this.part(".language").textContent = language;
    this.root.setAttribute("aria-label", `Chat of ${name}`);
    this.list.lang = language;
  }

  detail() {
    const role = introduced(this.person.id)?.role;
    return role ? `${role} · id ${this.person.id}` : `id ${this.person.id}`;
  }

  wire() {
    this.root.addEventListener("click", (event) => {
      const address = event.target.closest("a[href]")?.href;
      const meant = address && telegramLink(address);
      if (!meant) return;
      event.preventDefault();
      follow(this, meant);
    });
    this.part("form").onsubmit = (event) => {
      event.preventDefault();
      const text = this.box.value.trim();
      if (text) this.write(text);
      this.box.value = "";
      this.grow();
    };
    this.box.oninput = () => this.grow();
    this.box.onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.part("form").requestSubmit();
      }
    };
    this.part(".language").onclick = () => {
      this.person.language = this.person.language === "ru" ? "en" : "ru";
      this.head();
      this.commands();
      remember();
    };
    this.part(".block").onclick = (event) => {
      const blocked = event.currentTarget.getAttribute("aria-pressed") !== "true";
      this.deed("block", { blocked });
    };
    this.part(".close").onclick = () => closePanel(this);
    this.part(".menu").onclick = () => { this.part(".commands").hidden = !this.part(".commands").hidden; };
    this.part(".alert button").onclick = () => { this.part(".alert").hidden = true; this.box.focus(); };
    this.root.onkeydown = (event) => {
      if (event.key === "Escape") this.part(".alert").hidden = this.part(".commands").hidden = true;
    };
    this.log.onscroll = () => {
      this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 120;
    };
    new ResizeObserver(() => this.settle()).observe(this.log);
    this.tab.type = "button";
    this.tab.onclick = () => select(this);
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight}px`;
  }

  async load() {
    const chat = await get(`/sim/chat?token=${encodeURIComponent(bot.token)}&chat_id=${this.person.id}&limit=${MESSAGES_SHOWN}`);
    this.list.replaceChildren();
    this.items.clear();
    for (const message of chat.messages) this.add(message, false);
    if (!chat.messages.length) this.greet();
    this.keyboard(chat.keyboard);
    this.blocked(chat.blocked);
    this.commands();
    this.bottom();
  }

  greet() {
    const start = element("button", "", "Start");
    start.type = "button";
    start.onclick = () => this.write("/start");
    const hint = introduced(this.person.id)?.hint;
    if (hint) this.list.append(element("li", "hint", hint));
    this.list.append(element("li", "message", element("div", "inline", element("div", "row", start))));
  }

  deed(control, body) {
    const { id, name, language } = this.person;
    return post(control, { chat_id: id, first_name: name, language_code: language, ...body })
      .catch((error) => this.toast(error.message));
  }

  async write(text, content) {
    const answer = await this.deed("send", content ? { content } : { text });
    if (answer) this.follow(answer.update_ids[0], answer.message_id);
  }

  // One tick: in line at Telegram. Two: the bot's webhook has taken it.
  follow(updateId, messageId) {
    this.updates.set(updateId, messageId);
    this.tick(messageId, delivered.has(updateId) ? "✓✓" : "✓");
  }

  taken(updateId) {
    if (this.updates.has(updateId)) this.tick(this.updates.get(updateId), "✓✓");
  }

  tick(messageId, mark) {
    this.marks.set(messageId, mark);
    const ticks = this.items.get(messageId)?.querySelector(".ticks");
    if (ticks) ticks.textContent = ` ${mark}`;
  }

  press(button, message, node) {
    const id = message.message_id;
    if (button.pay) return this.deed("pay", { message_id: id });
    if (button.copy_text) {
      navigator.clipboard?.writeText(button.copy_text.text);
      return this.toast("Copied");
    }
    const inline = button.switch_inline_query ?? button.switch_inline_query_current_chat;
    if (inline !== undefined) {
      this.box.value = `@${bot.bot.username} ${inline}`;
      return this.box.focus();
    }
    if (button.callback_data === undefined) return this.toast("This button opens something a simulator has not.");
    node.classList.add("busy");
    const done = () => node.classList.remove("busy");
    setTimeout(done, TAP_MS);
    return this.deed("tap", { message_id: id, data: button.callback_data }).then((answer) => {
      if (answer) this.waiting.set(answer.callback_query_id, done);
      else done();
    });
  }

  add(message, fresh = true) {
    if (this.items.has(message.message_id)) return this.change(message);
    if (!this.items.size) this.list.replaceChildren();
    const item = render(message, bot.bot.id, this.act);
    if (fresh) item.classList.add("new");
    this.items.set(message.message_id, item);
    this.list.querySelector(".draft")?.remove();
    this.list.append(item);
    if (this.marks.has(message.message_id)) this.tick(message.message_id, this.marks.get(message.message_id));
    if (this.items.size > MESSAGES_SHOWN) this.remove(this.items.keys().next().value);
    if (fresh && message.from?.id === bot.bot.id) {
      this.part(".typing").hidden = true;
      if (!this.root.classList.contains("selected")) this.tab.classList.add("unread");
    }
    if (this.stuck || message.from?.id !== bot.bot.id) this.bottom();
    item.querySelector("img")?.addEventListener("load", () => this.settle());
  }

  change(message) {
    const old = this.items.get(message.message_id);
    if (!old) return;
    const item = render(message, bot.bot.id, this.act);
    item.classList.add("changed");
    const focused = old.contains(document.activeElement) ? [...old.querySelectorAll("button,a")].indexOf(document.activeElement) : -1;
    old.replaceWith(item);
    if (focused >= 0) item.querySelectorAll("button,a")[focused]?.focus();
    this.items.set(message.message_id, item);
    if (this.marks.has(message.message_id)) this.tick(message.message_id, this.marks.get(message.message_id));
  }

  remove(messageId) {
    this.items.get(messageId)?.remove();
    this.items.delete(messageId);
    this.marks.delete(messageId);
  }

  bottom() {
    this.stuck = true;
    this.log.scrollTop = this.log.scrollHeight;
  }

  // Who has not scrolled up stays at the newest message, whatever grows or shrinks.
  settle() { if (this.stuck) this.bottom(); }

  draft(text) {
    this.list.querySelector(".draft")?.remove();
    this.list.append(element("li", "message draft", element("div", "bubble", text || "…")));
    this.bottom();
  }

  typing(action) {
    this.part(".typing span").textContent = action.replace("_", " ");
    this.part(".typing").hidden = false;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => { this.part(".typing").hidden = true; }, TYPING_MS);
  }

  answered(event) {
    this.waiting.get(event.callback_query_id)?.();
    this.waiting.delete(event.callback_query_id);
    // The answer may overtake our own tap's response; every button that still spins for it is let go by its timer.
    this.root.querySelectorAll(".busy").forEach((node) => node.classList.remove("busy"));
    const meant = event.url && telegramLink(event.url);
    if (meant) follow(this, meant);
    else if (event.url) window.open(event.url, "_blank", "noopener");
    if (!event.text) return;
    if (!event.show_alert) return this.toast(event.text);
    this.part(".alert p").textContent = event.text;
    this.part(".alert").hidden = false;
    this.part(".alert button").focus();
  }

  toast(text) {
    const toast = this.part(".toast");
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 3500);
  }

  blocked(blocked) {
    this.part(".block").setAttribute("aria-pressed", String(blocked));
    this.part(".detail").textContent = blocked ? "has blocked the bot" : this.detail();
  }

  keyboard(markup) {
    const place = this.part(".keyboard");
    const given = markup?.keyboard;
    place.hidden = !given;
    this.box.placeholder = markup?.input_field_placeholder || "Message";
    place.replaceChildren(...rows(given || [], (button) => {
      const label = button.text ?? button;
      const node = element("button", ["danger", "success", "primary"].includes(button.style) ? button.style : "", label);
      node.type = "button";
      node.onclick = () => {
        if (button.request_contact) {
          this.write(null, { contact: { phone_number: `+7900${this.person.id}`, first_name: this.person.name, user_id: this.person.id } });
        } else if (button.request_location) {
          this.write(null, { location: { latitude: 55.7558, longitude: 37.6173 } });
        } else this.write(label);
        if (markup.one_time_keyboard) place.hidden = true;
      };
      return node;
    }));
  }

  commands() {
    const menus = bot.commands || {};
    const menu = menus[this.person.language] || menus[""] || [];
    this.part(".menu").hidden = !menu.length;
    this.part(".commands").replaceChildren(...menu.map(({ command, description }) => {
      const node = element("button", "", element("b", "", `/${command}`), element("span", "", description));
      node.type = "button";
      node.onclick = () => { this.part(".commands").hidden = true; this.write(`/${command}`); };
      return node;
    }));
  }
}

function select(panel) {
  for (const other of panels.values()) {
    const chosen = other === panel;
    other.root.classList.toggle("selected", chosen);
    if (chosen) other.tab.setAttribute("aria-current", "true");
    else other.tab.removeAttribute("aria-current");
    if (chosen) other.tab.classList.remove("unread");
  }
  panel?.bottom();
  drawCast();
}

function show(panel) {
  select(panel);
  panel.root.scrollIntoView({ inline: "nearest", block: "nearest" });
  panel.box.focus({ preventScroll: true });
}

/** The chat of somebody, opened if it is not. */
async function chatOf({ id, name, language }) {
  const panel = panels.get(id) ?? (await openPanel({ id, name, language }));
  remember();
  listen();
  return panel;
}

// The people of the demo: who each of them is, and a way into their chats.
function drawCast() {
  const cast = $("cast");
  cast.hidden = !bot?.people?.length;
  cast.replaceChildren(...(bot?.people ?? []).map((person) => {
    const chip = element("button", "", person.name, " ", element("small", "", person.role));
    chip.type = "button";
    chip.title = person.hint;
    chip.setAttribute("aria-pressed", String(panels.has(person.id)));
    chip.onclick = async () => show(await chatOf(person));
    return chip;
  }));
}

// Somebody follows a link to Telegram, or is sent one: who, is for whoever sits before the page to say.
function follow(panel, { username, payload, shared, words }) {
  const target = shared ? telegramLink(shared) : { username, payload };
  const known = target?.username && bots.find((one) => one.bot.username.toLowerCase() === target.username.toLowerCase());
  if (!known) return panel.toast(shared ? `Shared in Telegram: ${shared}` : "Only Telegram can open this link: there is no such bot here.");
  const { name } = panel.person;
  const others = [...new Map([...(known.people || []), ...(known === bot ? [...panels.values()].map((one) => one.person) : [])].map((one) => [one.id, one])).values()];
  const dialog = $("follow");
  $("follow-title").textContent = shared ? `${name} shares a link. Who gets it, and opens it?` : `Who opens the link to ${known.bot.first_name}?`;
  dialog.querySelector("p").textContent = shared ? [words, shared].filter(Boolean).join("\n") : startOf(target.payload);
  const choice = (person, role) => {
    const node = element("button", "", person.name, element("small", "", role));
    node.type = "button";
    node.onclick = async () => {
      dialog.close();
      if (known !== bot) await choose(known.token);
      const there = await chatOf(person);
      show(there);
      there.write(startOf(target.payload));
    };
    return node;
  };
  const fresh = newPerson(others);
  const list = others.filter((one) => !shared || one.id !== panel.person.id).map((one) =>
    choice(one, [one.id === panel.person.id ? "the one who pressed it" : "", (known.people || []).find((each) => each.id === one.id)?.role].filter(Boolean).join(", ")));
  dialog.querySelector(".choices").replaceChildren(...list, choice(fresh, "somebody new"));
  dialog.querySelector(".never").onclick = () => dialog.close();
  dialog.showModal();
  return undefined;
}

async function openPanel(person) {
  const panel = new Panel(person);
  panels.set(person.id, panel);
  $("chats").append(panel.root);
  $("tabs").append(panel.tab);
  await panel.load();
  return panel;
}

function closePanel(panel) {
  panel.root.remove();
  panel.tab.remove();
  panels.delete(panel.person.id);
  remember();
  select(panels.values().next().value);
  listen();
}

const HANDLERS = {
  message: (panel, event) => {
    panel.add(event.message);
    if (event.keyboard) panel.keyboard(event.keyboard.remove_keyboard ? null : event.keyboard.keyboard ? event.keyboard : undefined);
  },
  edit: (panel, event) => panel.change(event.message),
  delete: (panel, event) => panel.remove(event.message_id),
  draft: (panel, event) => panel.draft(event.text),
  chat_action: (panel, event) => panel.typing(event.action),
  callback_answer: (panel, event) => panel.answered(event),
  blocked: (panel, event) => panel.blocked(event.blocked),
  checkout: (panel, event) => { if (!event.ok) panel.toast(event.error_message); },
};

const FOR_ALL = {
  delivered: (event) => {
    delivered.add(event.update_id);
    if (delivered.size > 2000) delivered.delete(delivered.values().next().value);
    panels.forEach((panel) => panel.taken(event.update_id));
    if ($("status").classList.contains("bad")) say("");
  },
  webhook_error: (event) => say(`${event.error}. Telegram tries again.`, true),
  lost: () => panels.forEach((panel) => panel.load()),
  reset: () => location.reload(),
  bot: () => refreshBots(),
};

// A new stream (another user joined) takes over from the old one only when it is open, so that nothing falls between
// the two; what both of them tell is taken once, by its number.
function listen() {
  const chats = [...panels.keys()].map((id) => `&chat_id=${id}`).join("");
  const fresh = new EventSource(`/sim/events?token=${encodeURIComponent(bot.token)}${chats}`);
  const old = stream;
  stream = fresh;
  const on = (kind, handle) => fresh.addEventListener(kind, (raw) => {
    const event = JSON.parse(raw.data);
    if (seen.has(event.n)) return;
    if (event.n !== undefined) seen.add(event.n);
    if (seen.size > SEEN_MAX) seen.delete(seen.values().next().value);
    handle(event);
  });
  for (const [kind, handle] of Object.entries(HANDLERS)) {
    on(kind, (event) => {
      const panel = panels.get(event.chat_id);
      if (panel) handle(panel, event);
    });
  }
  for (const [kind, handle] of Object.entries(FOR_ALL)) on(kind, handle);
  let away = false;
  fresh.onerror = () => { away = true; say("The simulator is away; trying again.", true); };
  fresh.addEventListener("hello", () => {
    setTimeout(() => old?.close(), OVERLAP_MS);
    if (!away) {
      // What was written between the look at a chat and this moment nobody has told of.
      for (const panel of panels.values()) if (!panel.followed) panel.load();
      for (const panel of panels.values()) panel.followed = true;
      return;
    }
    // It may be another simulator now, counting from one.
    away = false;
    seen.clear();
    say("");
    refreshBots().then(() => panels.forEach((panel) => panel.load()));
  });
}

async function refreshBots() {
  bots = (await get("/sim/bots")).bots;
  $("bot").replaceChildren(...bots.map((one) => {
    const option = element("option", "", one.bot.first_name);
    option.value = one.token;
    option.selected = one.token === bot?.token;
    return option;
  }));
  for (const id of ["chats", "picker", "new-user"]) $(id).hidden = !bots.length;
  $("empty").hidden = bots.length > 0;
  const same = bots.find((one) => one.token === bot?.token);
  if (same) {
    bot = same;
    panels.forEach((panel) => { panel.commands(); panel.head(); });
    drawCast();
  } else if (bots.length) await choose(bots[0].token);
}

async function choose(token) {
  bot = bots.find((one) => one.token === token);
  panels.clear();
  $("chats").replaceChildren();
  $("tabs").replaceChildren();
  $("bot").value = token;
  await Promise.all(people().map(openPanel));
  remember();
  listen();
  select(panels.values().next().value);
}

$("bot").onchange = (event) => choose(event.target.value);
$("new-user").onclick = async () => {
  if (!bot) return;
  show(await chatOf(newPerson([...panels.values()].map((one) => one.person))));
};

$("address").textContent = location.origin;
const asked = new URLSearchParams(location.search).get("token");
if (asked) await fetch("/sim/bots", { method: "POST", body: JSON.stringify({ token: asked }) });
bot = null;
await refreshBots();
if (asked && bots.some((one) => one.token === asked)) await choose(asked);
if (!bots.length) {
  // Nobody called yet: wait for the first bot.
  const first = new EventSource("/sim/events");
  first.addEventListener("bot", () => { first.close(); refreshBots(); });
}
