// The window around the page: Telegram's, or a plain browser's. Nothing else here asks which it is.
// https://core.telegram.org/bots/webapps
import { mended } from "./theme.js";

const SCRIPT = "https://telegram.org/js/telegram-web-app.js";
const SCRIPT_MS = 4000;
const handed = new URLSearchParams(location.hash.slice(1));
let app = window.Telegram?.WebApp ?? null;

/** Whether Telegram has opened the page: it hands over what the page needs in the part of the address after #. */
export const inside = handed.has("tgWebAppVersion") || handed.has("tgWebAppData") || Boolean(app?.initData);

/**
 * Inside Telegram the page asks for itself once more: only then may it load Telegram's script. Returns whether
 * it is leaving.
 */
export function leavesForTelegram() {
  const query = new URLSearchParams(location.search);
  if (!inside || app || query.get("telegram") === "1") return false;
  query.set("telegram", "1");
  location.replace(`${location.pathname}?${query}${location.hash}`);
  return true;
}

/**
 * Load Telegram's script; `met` is told when it is there, and when the colours change. A page that cannot have it
 * works all the same, with buttons of its own.
 */
export async function meet(met) {
  if (!inside) return;
  document.documentElement.classList.add("telegram");
  colour();
  if (!app) {
    await new Promise((resolve) => {
      const script = Object.assign(document.createElement("script"), { src: SCRIPT, async: true, onload: resolve, onerror: resolve });
      document.head.append(script);
      setTimeout(resolve, SCRIPT_MS);
    });
    app = window.Telegram?.WebApp ?? null;
  }
  if (!app) return;
  colour();
  app.onEvent?.("themeChanged", () => { colour(); met(); });
  app.onEvent?.("activated", () => returned());
  app.MainButton?.onClick(() => action?.run());
  app.BackButton?.onClick?.(() => back?.());
  if (isReady) ready();
  met();
}

/** What proves to the service who is here; empty where Telegram gave nothing. */
export const initData = () => app?.initData || handed.get("tgWebAppData") || "";

export const telegramLanguage = () => app?.initDataUnsafe?.user?.language_code ?? "";

let isReady = false;

/** The page can be seen: Telegram takes its own placeholder away. */
export function ready() {
  isReady = true;
  app?.ready?.();
  app?.expand?.();
}

export const canClose = () => Boolean(app?.close);
export const close = () => app?.close?.();

function colour() {
  const root = document.documentElement;
  let theme = app?.themeParams;
  try {
    theme ??= JSON.parse(handed.get("tgWebAppThemeParams") ?? "{}");
  } catch {
    theme = {};
  }
  // Telegram's script does this too, where there is one.
  theme = Object.fromEntries(Object.entries(theme).filter(([, value]) => /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.test(value)));
  for (const [name, value] of Object.entries(theme)) {
    root.style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, value);
  }
  for (const [name, value] of Object.entries(mended(theme))) root.style.setProperty(name, value);
  root.dataset.scheme = app?.colorScheme ?? (isDark(theme.bg_color) ? "dark" : "light");
  if (app?.isVersionAtLeast?.("6.1")) {
    app.setHeaderColor?.("secondary_bg_color");
    app.setBackgroundColor?.("secondary_bg_color");
  }
}

function isDark(colour) {
  const [red, green, blue] = (colour ?? "#ffffff").slice(1).match(/../g)?.map((part) => parseInt(part, 16)) ?? [255, 255, 255];
  return red * 0.3 + green * 0.59 + blue * 0.11 < 128;
}

let action = null;
let back = null;

/**
 * What there is to do next, `{ text, run, busy, off }` or null, on the button for that: Telegram's main button
 * if there is one. Returns false where the page has to show a button of its own.
 */
export function offer(next) {
  action = next && !next.busy && !next.off ? next : null;
  const button = app?.MainButton;
  if (!button) return false;
  if (!next) {
    button.hideProgress?.();
    button.hide();
    return true;
  }
  button.setParams({ text: next.text, is_active: !next.busy && !next.off, is_visible: true });
  if (next.busy) button.showProgress?.(true);
  else button.hideProgress?.();
  return true;
}

/** What Telegram's back button does; null where there is nothing behind. */
export function offerBack(go) {
  back = go;
  const button = app?.BackButton;
  if (go) button?.show?.();
  else button?.hide?.();
}

export const hasBackButton = () => Boolean(app?.BackButton);

/** Open an address elsewhere: inside Telegram the page stays open behind it, a plain browser goes there. */
export function openLink(url) {
  if (app?.openLink) app.openLink(url);
  else location.assign(url);
}

/** A tap that can be felt. */
export function feel(what) {
  const haptic = app?.HapticFeedback;
  if (what === "done" || what === "bad") haptic?.notificationOccurred?.(what === "done" ? "success" : "error");
  else haptic?.impactOccurred?.("light");
}

/** Told when somebody comes back to the page. */
export function onReturn(told) {
  document.addEventListener("visibilitychange", () => document.hidden || told());
  addEventListener("pageshow", (event) => event.persisted && told());
  returned = told;
}

let returned = () => {};
