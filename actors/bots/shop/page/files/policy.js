// The terms of sale, and what the shop keeps of people: what the chat says, to be read.
import { ask } from "./kit/api.js";
import { aria, h } from "./kit/dom.js";
import { leads } from "./kit/router.js";
import { heading, setAction, trouble } from "./kit/shell.js";
import { t } from "./words.js";

/** The names of the policies, as the address and the API have them. */
export const POLICIES = ["terms", "privacy"];

/** Show one of them. */
export function showPolicy(root, name) {
  const text = h(".policy", { ariaBusy: "true" });
  root.classList.add("narrow");
  root.replaceChildren(heading(t(name)), text);
  const again = async () => {
    try {
      const [title, ...paragraphs] = (await ask("GET", `policies/${name}`)).paragraphs;
      // Ours begins with its title, which is above already.
      const shown = title === t(name) ? paragraphs : [title, ...paragraphs];
      text.replaceChildren(...shown.map((words) => h("p", words)), h("p.dim", t("policyInChat")));
    } catch (error) {
      text.replaceChildren(trouble(error, again));
    }
    aria(text, "busy", false);
  };
  again();
  const act = () => setAction(null);
  act();
  return { leave() {}, act, again };
}

/** The way to them, below a view. */
export const policyLinks = () => h("p.policies", leads(h("a", t("terms")), { view: "terms" }), leads(h("a", t("privacy")), { view: "privacy" }));
