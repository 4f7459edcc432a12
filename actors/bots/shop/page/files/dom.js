// Elements. Text is only ever set as text: what somebody wrote stays text.

export const $ = (selector, from = document) => from.querySelector(selector);

/** Make an element: `h("p.price", { onclick }, "text", child)`; properties are set, the rest are children. */
export function h(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  for (const part of rest.flat()) {
    if (part === null || part === undefined || part === false) continue;
    if (typeof part === "object" && !(part instanceof Node)) put(element, part);
    else element.append(part);
  }
  return element;
}

function put(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (name === "dataset") Object.assign(element.dataset, value);
    else if (value === null) continue;
    else if (name.startsWith("aria")) aria(element, name.slice(4).toLowerCase(), value);
    else if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
}

/** Set an ARIA attribute, in browsers too that know them as attributes only. */
export function aria(element, name, value) {
  element.setAttribute(`aria-${name}`, String(value));
}

/** Set text only where it differs, so that a screen reader does not repeat itself. */
export function say(element, text) {
  const words = String(text);
  if (element.textContent !== words) element.textContent = words;
}

const ICONS = {
  cart: "M3 4h2l2.2 10.2a1.5 1.5 0 0 0 1.5 1.2h8.2a1.5 1.5 0 0 0 1.5-1.1L20 8H6M9.5 20h.01M17 20h.01",
  orders: "M12 3 4 7v10l8 4 8-4V7zM4 7l8 4 8-4M12 11v10",
  shop: "M5 8h14l-1 12H6zM9 11V7a3 3 0 0 1 6 0v4",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  done: "m5 13 4 4L19 7",
  close: "M6 6l12 12M18 6 6 18",
  search: "M11 4a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM16 16l4 4",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
};

/** A drawing that says nothing to a screen reader: its button has a label. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  drawing.append(path);
  return drawing;
}
