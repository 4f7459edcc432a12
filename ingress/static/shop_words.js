// What the parts of the shop share: which shop it is, money, and states in words and colours.
import { $ } from "./dom.js";

export { money } from "./words.js";

export const section = $("#shop");
const bots = section.dataset.bots.split(",");
let chosen = bots[0];

export const shops = bots;
export const shop = () => chosen;
export const choose = (bot) => { chosen = bot; };
/** The address of something of a shop, below `/ops`. */
export const at = (path, bot = chosen) => `shop/${encodeURIComponent(bot)}/${path}`;

export const day = (text) => new Date(text).toLocaleString("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
export const since = (text) => (text ? new Date(text).getTime() : 0);

/** A name for one wish: sent twice with it, it is done once. */
export const onceKey = () => `${Date.now()}-${Math.random().toString(36).slice(2)}`;

const LOOKS = {
  awaiting_payment: ["wait", "awaiting payment"], paid: ["good", "paid"], delivered: ["good", "delivered"], expired: ["", "expired"],
  canceled: ["", "cancelled"], refunding: ["wait", "being refunded"], refunded: ["", "refunded"], pending: ["wait", "pending"],
  mismatched: ["bad", "wrong amount"], done: ["good", "done"], impossible: ["bad", "impossible: on the balance"],
  disputed: ["bad", "disputed by the bank"], charged_back: ["bad", "taken back by the bank"], failed: ["bad", "came to nothing"],
  needless: ["", "not needed"], by_gateway: ["", "made in the cabinet"],
  filling: ["wait", "being prepared"], running: ["good", "running"], paused: ["wait", "paused"], cancelled: ["", "stopped"],
};

/** A status as a word with its dot. */
export const look = (status) => LOOKS[status] ?? ["", status];
