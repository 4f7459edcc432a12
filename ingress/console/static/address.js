// What is filtered, and how, stands in the address: it survives a reload, the way back, and being sent to a colleague.

const heard = [];
let known = location.search;

/** A field of the address; empty where it is not there. */
export const read = (name) => new URLSearchParams(location.search).get(name) ?? "";

/** Write fields into the address as one step of the way back; what is empty leaves it. */
export function write(fields) {
  const search = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(fields)) value ? search.set(name, value) : search.delete(name);
  const text = String(search);
  if (`?${text}` === location.search || (!text && !location.search)) return;
  history.pushState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
  known = location.search;
}

/** Hear of it when somebody went back or forward to other fields. */
export const onAddress = (listener) => heard.push(listener);

addEventListener("popstate", () => {
  if (location.search === known) return;
  known = location.search;
  for (const listener of heard) listener();
});

/**
 * Have a form of filters stand in the address, each field as `PREFIX_NAME`; `changed` is called when they change,
 * `{}` of what is filled in is returned by what this returns.
 */
export function filterIn(form, prefix, changed) {
  const fields = [...form.elements].filter((element) => element.name);
  const fill = () => {
    for (const field of fields) field.value = read(`${prefix}_${field.name}`);
  };
  const filled = () => Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]).filter(([, value]) => value));
  const keep = () => {
    write(Object.fromEntries(fields.map((field) => [`${prefix}_${field.name}`, field.value.trim()])));
    changed();
  };
  fill();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep();
  });
  // A choice needs no button.
  for (const field of fields) if (field.tagName === "SELECT") field.addEventListener("change", keep);
  form.addEventListener("reset", () => setTimeout(() => {
    for (const field of fields) field.value = "";
    keep();
  }));
  onAddress(() => {
    fill();
    changed();
  });
  filled.set = (values) => {
    for (const field of fields) field.value = values[field.name] ?? "";
    keep();
  };
  return filled;
}
