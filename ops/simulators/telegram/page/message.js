// How one message looks. Everything a bot or a user wrote goes in as text nodes, never as HTML.

export function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

const SIMPLE = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote" };

// What Telegram finds by itself and a tap opens; what has its scheme with it is found by `plain`.
const FOUND = {
  url: (raw) => (raw.includes("://") ? "" : `https://${raw}`),
  email: (raw) => `mailto:${raw}`,
  phone_number: (raw) => `tel:${raw.replace(/[^\d+]/g, "")}`,
};

function link(address, content) {
  const node = element("a", "", content);
  if (/^(https?|tg|mailto|tel):/i.test(address)) {
    node.href = address;
    node.target = "_blank";
    node.rel = "noopener noreferrer";
  }
  return node;
}

// Addresses written without markup become links too, as in any client.
function plain(text) {
  const parts = text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/);
  return parts.map((part, i) => (i % 2 ? link(part, part) : part)).filter((part) => part !== "");
}

// Entities nest: an entity takes those that lie within it. Offsets are UTF-16 units, as in JavaScript's strings.
export function formatted(text, entities, onCommand, from = 0, to = text.length) {
  const nodes = [];
  let at = from;
  const inside = (entities || []).filter((e) => e.offset >= from && e.offset + e.length <= to);
  while (inside.length) {
    const entity = inside.shift();
    if (entity.offset < at) continue;
    const end = entity.offset + entity.length;
    nodes.push(...plain(text.slice(at, entity.offset)));
    const content = formatted(text, inside, onCommand, entity.offset, end);
    nodes.push(dressed(entity, text.slice(entity.offset, end), content, onCommand));
    at = end;
  }
  nodes.push(...plain(text.slice(at, to)));
  return nodes;
}

function dressed(entity, raw, content, onCommand) {
  if (entity.type in SIMPLE) return element(SIMPLE[entity.type], "", ...content);
  if (entity.type === "text_link") {
    const node = link(entity.url, "");
    node.append(...content);
    return node;
  }
  if (entity.type === "spoiler") {
    const node = element("span", "spoiler", ...content);
    node.tabIndex = 0;
    return node;
  }
  const address = FOUND[entity.type]?.(raw);
  if (address) return link(address, raw);
  if (entity.type === "bot_command") {
    const node = element("button", "command", raw);
    node.type = "button";
    node.onclick = () => onCommand(raw);
    return node;
  }
  return element("span", "", ...content);
}

function attachment(icon, title, detail) {
  return element("div", "attachment", element("span", "", icon), element("span", "card", element("b", "", title), detail || ""));
}

function fileAddress(file) {
  return `/sim/file?file_id=${encodeURIComponent(file.file_id)}`;
}

function picture(file, label) {
  const image = element("img", "media");
  image.alt = label;
  image.src = fileAddress(file);
  // Pictures known only by their address are not fetched.
  image.onerror = () => image.replaceWith(attachment("🖼", label, "not loaded"));
  return image;
}

function money(invoice) {
  return invoice.currency === "XTR" ? `⭐ ${invoice.total_amount}` : `${(invoice.total_amount / 100).toFixed(2)} ${invoice.currency}`;
}

const PARTS = {
  photo: (sizes) => picture(sizes[sizes.length - 1], "Photo"),
  animation: () => attachment("🎞", "Animation"),
  video: (file) => attachment("🎬", file.file_name || "Video"),
  video_note: () => attachment("⏺", "Video message"),
  audio: (file) => attachment("🎵", file.title || file.file_name || "Audio", file.performer),
  voice: () => attachment("🎙", "Voice message"),
  sticker: (file) => picture(file, `Sticker ${file.emoji || ""}`),
  contact: (contact) => attachment("👤", contact.first_name, contact.phone_number),
  dice: (dice) => element("div", "dice", `${dice.emoji} ${dice.value}`),
  venue: (venue) => attachment("📍", venue.title, venue.address),
  invoice: (invoice) => element("div", "card", element("b", "", invoice.title), invoice.description, element("div", "", money(invoice))),
  successful_payment: (payment) => element("div", "", `✅ Paid ${money(payment)}`),
  paid_media: (media) => attachment("🔒", "Paid media", `⭐ ${media.star_count}`),
};

function documentPart(file) {
  const size = file.file_size > 1023 ? `${Math.round(file.file_size / 1024)} KB` : `${file.file_size || 0} B`;
  const part = attachment("📄", file.file_name || "File", size);
  const wrapper = link("", part);
  wrapper.href = fileAddress(file);
  wrapper.download = file.file_name || "file";
  return wrapper;
}

function poll(message, act) {
  const options = message.poll.options.map((option, number) => {
    const button = element("button", "", `${option.text} · ${option.voter_count}`);
    button.type = "button";
    button.disabled = message.poll.is_closed;
    button.onclick = () => act.vote(message, number);
    return element("li", "row", button);
  });
  return element("div", "", element("b", "", `📊 ${message.poll.question}`), element("ul", "options", ...options));
}

export function summary(message) {
  if (message.text || message.caption) return message.text || message.caption;
  return Object.keys(PARTS).concat("document", "poll", "location").find((key) => key in message) || "message";
}

function clock(date) {
  return new Date(date * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function inlineButton(button, message, act) {
  const style = ["danger", "success", "primary"].includes(button.style) ? button.style : "";
  if (button.url) {
    const node = link(button.url, `${button.text} ↗`);
    node.className = style;
    return node;
  }
  const node = element("button", style, button.text);
  node.type = "button";
  node.onclick = () => act.press(button, message, node);
  return node;
}

export function rows(keyboard, make) {
  return keyboard.map((row) => element("div", "row", ...row.map(make)));
}

// Returns the list item of a message; `act` says what its buttons do.
export function render(message, botId, act) {
  const mine = message.from && message.from.id !== botId;
  const bubble = element("div", "bubble");
  if (message.reply_to_message) bubble.append(element("div", "quote", summary(message.reply_to_message).slice(0, 80)));
  if (message.forward_origin) bubble.append(element("div", "quote", "Forwarded"));
  for (const [key, make] of Object.entries(PARTS)) {
    if (key in message) bubble.append(make(message[key]));
  }
  if (message.document && !message.animation) bubble.append(documentPart(message.document));
  if (message.location && !message.venue) {
    bubble.append(attachment("📍", "Location", `${message.location.latitude}, ${message.location.longitude}`));
  }
  if (message.poll) bubble.append(poll(message, act));
  const text = message.text ?? message.caption;
  if (text) bubble.append(...formatted(text, message.entities || message.caption_entities, act.command));
  const meta = element("span", "meta");
  if (message.edit_date) {
    const mark = element("span", "edited", "edited");
    mark.title = `Edited at ${new Date(message.edit_date * 1000).toLocaleTimeString()}`;
    meta.append(mark);
  }
  meta.append(clock(message.date), element("span", "ticks"));
  bubble.append(meta);
  const item = element("li", mine ? "message mine" : "message", bubble);
  item.dataset.id = message.message_id;
  if (message.reply_markup?.inline_keyboard) {
    const keyboard = rows(message.reply_markup.inline_keyboard, (button) => inlineButton(button, message, act));
    item.append(element("div", "inline", ...keyboard));
  }
  return item;
}
