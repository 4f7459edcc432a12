// Links to t.me, which lead to Telegram anywhere else: here they stay on the page, and somebody of it follows them.

const HOSTS = ["t.me", "telegram.me", "telegram.dog"];

/** What a link to Telegram means: `{ username, payload }` for one to a chat, `{ shared, words }` for one that shares
 * something, `{}` for one that only Telegram can follow; null for all other links. */
export function telegramLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const there = url.searchParams;
  if (url.protocol === "tg:") {
    if (url.host !== "resolve" && !url.pathname.endsWith("resolve")) return {};
    return { username: there.get("domain") ?? "", payload: there.get("start") ?? "" };
  }
  if (!/^https?:$/.test(url.protocol) || !HOSTS.includes(url.hostname)) return null;
  const [first, ...rest] = url.pathname.split("/").filter(Boolean);
  if (first === "share" && there.get("url")) return { shared: there.get("url"), words: there.get("text") ?? "" };
  if (!first || rest.length || !/^[a-z]\w{3,31}$/i.test(first)) return {};
  return { username: first, payload: there.get("start") ?? "" };
}

/** What a person writes by following a link with this payload: Telegram shows a Start button, whose press is that. */
export const startOf = (payload) => (payload ? `/start ${payload}` : "/start");
