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

/** A drawing of lines in a square of 24, by the path of an SVG. It says nothing to a screen reader: its button has a label. */
export function drawing(line) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  path.setAttribute("d", line);
  picture.append(path);
  return picture;
}
