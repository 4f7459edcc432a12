// While something is under way the page looks again, in place: what somebody reads, has focused or has typed stays, and
// a state that has changed is said to those who do not see it. Without scripts the browser loads the page anew.
const said = document.querySelector("#said");
let shown = document.querySelector("main").outerHTML;

const state = () => document.querySelector("main .state")?.textContent ?? "";

function put(fresh) {
  const before = state();
  const focused = document.activeElement?.closest("main") ? document.activeElement : null;
  const typed = document.querySelector("main input")?.value;
  shown = fresh.outerHTML;
  document.querySelector("main").replaceWith(fresh);
  const field = document.querySelector("main input");
  if (field && typed !== undefined) field.value = typed;
  if (focused?.name) {
    const value = focused.localName === "button" ? `[value="${focused.value}"]` : "";
    document.querySelector(`main [name="${focused.name}"]${value}`)?.focus();
  }
  if (state() !== before) said.textContent = state();
}

async function look() {
  try {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (fresh && fresh.outerHTML !== shown) put(fresh);
  } catch { /* the simulator is away; the next look may find it */ }
  plan();
}

function plan() {
  const seconds = Number(document.querySelector("main").dataset.again);
  if (seconds) setTimeout(look, seconds * 1000);
}
plan();
