// Products and stock: all of them, tables that fill and change them, and one in a sheet with its price and its items.
import { sheetOf } from "./sheet.js";
import { day } from "./words.js";

const LOW = 5;
const ITEMS_SHOWN = 50;
const onSale = (good) => good.active && good.category_active;

export function productsOf(tools, box) {
  const { act, ask, dom: { $, facts, h, keep, row, say, state }, may, query, sheetAddress, words: { count, money, plural } } = tools;
  const form = $(".upload", box);
  const report = $(".report", box);
  for (const button of form.querySelectorAll("button")) button.hidden = !may("POST", `/${button.value}`);

  function productRow({ slug }) {
    const [title, price, free, held, sold, word] = [h("span"), h("span.amount"), h("span"), h("span"), h("span"), h("span")];
    const line = row(["", h("a.chat", slug, { href: sheetAddress("product", slug) }), ".first"], ["", title, ".wide"], ["", price, ".number"],
      ["free", free, ".number"], ["held", held, ".number"], ["sold", sold, ".number"], ["", word]);
    line.update = (good) => {
      say(title, good.title_en);
      say(price, money(good.price_minor, good.currency));
      say(free, count(good.available));
      free.classList.toggle("low", onSale(good) && good.available > 0 && good.available <= LOW);
      free.classList.toggle("none", onSale(good) && !good.available);
      say(held, count(good.reserved));
      say(sold, count(good.sold));
      state(word, ...saleOf(good));
    };
    return line;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = form.file.files;
    const to = event.submitter.value;
    act({
      title: to === "stock" ? "Fill the stock" : "Add or change products",
      button: "Upload",
      says: `The good lines of ${file.name} are taken, all of them or none; the others are named with what to do about them.`,
      send: async (why) => ask(`${to}${query({ why })}`, { method: "POST", file }),
      done: (outcome) => {
        form.reset();
        showReport(outcome);
      },
    });
  });

  function showReport(outcome) {
    report.hidden = false;
    const lines = [
      ...outcome.bad.map(({ line, problem }) => [line, problem]),
      ...(outcome.twice ?? []).map(({ line, first_line }) => [line, `The same as line ${first_line}: it was taken once.`]),
      ...(outcome.in_stock ?? []).map((line) => [line, "In stock already, or sold."]),
    ].sort(([one], [other]) => one - other);
    const ignored = outcome.ignored.length ? h("p.dim", `These columns mean nothing here: ${outcome.ignored.join(", ")}.`) : null;
    const close = h("button", "Close", { onclick: () => { report.hidden = true; } });
    report.replaceChildren(...[h("p", outcome.says), ignored, h("ol", lines.map(([line, words]) => h("li", h("b", `Line ${line}`), h("span", words)))), h("div.buttons", close)].filter(Boolean));
  }

  sheetOf(tools, "product", "Product", async (slug) => {
    const [goods, items] = await Promise.all([ask("products"), ask(`products/${encodeURIComponent(slug)}/items?most=${ITEMS_SHOWN}`)]);
    return productView(goods.find((one) => one.slug === slug), items);
  });

  function productView(good, items) {
    const [word, list] = [h("p"), h("dl.facts")];
    const path = `products/${encodeURIComponent(good.slug)}`;
    state(word, ...saleOf(good));
    facts(list, [
      ["English", good.title_en], ["Russian", good.title_ru], ["Category", good.category], ["Supplier", good.supplier],
      ["Price", money(good.price_minor, good.currency)], ["Free", count(good.available)], ["Held by orders", count(good.reserved)],
      ["Sold", count(good.sold)], ["Withdrawn", good.withdrawn ? count(good.withdrawn) : ""],
      ["Not sold until confirmed", good.doubted ? count(good.doubted) : ""],
      ["In English", good.description_en], ["In Russian", good.description_ru],
    ]);
    const price = h("input", { name: "price", placeholder: "1490.50", ariaLabel: "New price", inputMode: "decimal", required: true, autocomplete: "off" });
    const edit = h("form.edit", price, h("span.dim", good.currency), h("button", "Change the price"), { onsubmit: (event) => {
      event.preventDefault();
      act({ title: `Change the price of ${good.slug}`, button: "Change", says: `It costs ${money(good.price_minor, good.currency)}. Orders that were placed keep their price.`, path, body: { price: price.value } });
    } });
    const sale = h("button", good.active ? "Take off sale" : "Put on sale", { onclick: () =>
      act({ title: `${good.active ? "Take off sale" : "Put on sale"}: ${good.slug}`, button: good.active ? "Take off" : "Put on", says: good.active ? "Nobody can order it until it is put back; its stock stays." : "It can be ordered from now on.", path, body: { active: !good.active } }) });
    const withdraw = good.available ? h("button.danger", "Withdraw what is free", { onclick: () =>
      act({ title: `Withdraw the stock of ${good.slug}`, button: "Withdraw", says: "What orders hold, and what was sold, stays. An upload of the same items brings them back.", path: `${path}/withdraw`, body: {}, count: good.available }) }) : null;
    const confirm = good.doubted ? h("button", "Confirm the stock", { onclick: () =>
      act({ title: `Sell the stock of ${good.slug} again`, button: "Confirm", says: "It was kept off sale because it may have been sold between the backup and the restore. Only what was not.", path: `${path}/confirm`, body: {}, count: good.doubted }) }) : null;
    const changes = may("POST", "/products/{slug}") ? [h("div.buttons", sale, withdraw, confirm), edit] : [];
    return h("div", word, ...changes, list, fileForm(good), itemsOf(items));
  }

  function fileForm(good) {
    const input = h("input", { type: "file", name: "file", required: true, ariaLabel: "A file to sell" });
    return h("section", h("h3", "Sell a file"), h("form.edit", input, h("button", "Put into stock"), { onsubmit: (event) => {
      event.preventDefault();
      const [file] = input.files;
      act({ title: `Put ${file.name} into stock`, button: "Put in", says: `One buyer of ${good.slug} gets it, as it is.`,
        send: async (why) => ask(`stock/${encodeURIComponent(good.slug)}${query({ why, name: file.name })}`, { method: "POST", file }) });
    } }), h("p.dim", "One megabyte at most here; five in the chat, with the caption “/stock " + good.slug + "”."));
  }

  function itemsOf(items) {
    if (!items.length) return h("section", h("h3", "Newest items"), h("p.dim", "None."));
    const head = h("thead", h("tr", ["Added", "By", "Kind", "State"].map((name) => h("th", name))));
    return h("section", h("h3", "Newest items"), h("table.list", head, h("tbody", items.map((item) => {
      const word = h("span");
      state(word, ...stateOf(item));
      return row(["", h("time.dim", day(item.added_at))], ["by", item.added_by, ".wide"], ["", item.file_name ?? item.kind], ["", word]);
    }))));
  }

  return async () => {
    const goods = await ask("products");
    keep($("tbody", box), goods, (good) => good.slug, productRow);
    $("table", box).hidden = !goods.length;
    $(".empty", box).hidden = goods.length > 0;
    const out = goods.filter((good) => onSale(good) && !good.available).length;
    say($(".count", box), `${plural(goods.length, "product")}${out ? `, ${out} sold out` : ""}`);
  };
}

function saleOf(good) {
  if (!good.active) return ["", "off sale"];
  if (!good.category_active) return ["", "category hidden"];
  return good.available ? ["good", "on sale"] : ["bad", "sold out"];
}

function stateOf(item) {
  if (item.sold_at) return ["good", `sold with order ${item.order_number}`];
  if (item.withdrawn_at) return ["", "withdrawn"];
  if (item.reserved_until && new Date(item.reserved_until) > new Date()) return ["wait", `held by order ${item.order_number}`];
  return ["good", "free"];
}
