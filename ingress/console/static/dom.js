// Elements, made and kept. Text is only ever set as text: what strangers wrote stays text.

export const $ = (selector, from = document) => from.querySelector(selector);

/** Make an element: `h("td.number", { onclick }, "text", child)`; properties are set, the rest are children. */
export function h(name, ...rest) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag || "div");
  element.classList.add(...classes);
  for (const part of rest.flat()) {
    if (part === null || part === undefined) continue;
    if (typeof part === "object" && !(part instanceof Node)) Object.assign(element, part);
    else element.append(part);
  }
  return element;
}

/** Set text only where it differs, so that a selection survives. */
export function say(element, text) {
  const words = String(text);
  if (element.textContent !== words) element.textContent = words;
}

/** Show an element only while there is something to say in it. */
export function sayOrHide(element, text) {
  say(element, text);
  element.hidden = !text;
}

export function state(element, word, words = word) {
  element.classList.add("state");
  if (element.dataset.state !== word) element.dataset.state = word;
  say(element, words);
}

/**
 * Have `parent` hold one element an item, in order. Elements are kept by key and told of their item with
 * `element.update(item)`, so focus, selection and what is folded out survive each beat.
 */
export function keep(parent, items, key, make) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const kept = new Map([...parent.children].map((child) => [child.key, child]));
  const wanted = items.map((item) => {
    const name = key(item);
    const element = kept.get(name) ?? make(item);
    element.key = name;
    kept.delete(name);
    element.update?.(item);
    return element;
  });
  for (const gone of kept.values()) gone.remove();
  let at = parent.firstElementChild;
  for (const element of wanted) {
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  if (focused?.isConnected && document.activeElement !== focused) focused.focus({ preventScroll: true });
}

/** A row of cells; on a phone each cell stands below the other, named by `data-label`. */
export function row(...cells) {
  return h("tr", ...cells.map(([label, content, classes = ""]) => {
    const cell = h(`td${classes}`, content);
    if (label) cell.dataset.label = label;
    return cell;
  }));
}

/** Names and values, as a definition list; pairs without a value are left out. */
export function facts(list, pairs) {
  keep(list, pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined), ([name]) => name, ([name]) => {
    const value = h("dd");
    return h("div", { update: ([, now]) => say(value, now) }, h("dt", name), value);
  });
}
