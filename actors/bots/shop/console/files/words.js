// What the parts of the section share: shares, moments, and states in words and colours.

/** A share of a hundred; less than nothing with a minus. */
export const share = (percent) => `${percent < 0 ? "−" : ""}${Math.abs(percent)}%`;

const DAY = { day: "numeric", month: "long", year: "numeric" };
/** A moment where one looks, to the minute: `31 December 2026, 14:05`. */
export const day = (text) => `${new Date(text).toLocaleDateString("en-GB", DAY)}, ${new Date(text).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
/** The last day on which something counts that counts no more at this moment: the day that was said, in every time zone. */
export const lastDay = (text) => new Date(Date.parse(text) - 1).toLocaleDateString("en-GB", { ...DAY, timeZone: "UTC" });
export const since = (text) => (text ? new Date(text).getTime() : 0);

const LOOKS = {
  awaiting_payment: ["wait", "awaiting payment"], paid: ["good", "paid"], delivered: ["good", "delivered"], expired: ["", "not paid in time"],
  canceled: ["", "cancelled"], refunding: ["wait", "being refunded"], refunded: ["", "refunded"], pending: ["wait", "awaiting payment"],
  mismatched: ["bad", "wrong amount"], done: ["good", "done"], impossible: ["bad", "impossible, added to the balance"],
  disputed: ["bad", "disputed by the buyer's bank"], charged_back: ["bad", "taken back by the buyer's bank"], failed: ["bad", "failed"],
  needless: ["", "not needed"], by_gateway: ["", "made in the provider's dashboard"],
  filling: ["wait", "being prepared"], running: ["good", "running"], paused: ["wait", "paused"], cancelled: ["", "stopped"],
};

/** A status as a word with its dot. */
export const look = (status) => LOOKS[status] ?? ["", status];
