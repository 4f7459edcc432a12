// A sheet that is looked at anew whenever somebody has acted.

/** `show(id)` gives what stands in it. */
export function sheetOf({ dom: { h }, onActed, sheet }, kind, title, show) {
  sheet(kind, title, (id, content) => {
    let open = true;
    const load = async () => {
      try {
        const shown = await show(id);
        if (open) content.replaceChildren(shown);
      } catch (error) {
        if (open) content.replaceChildren(h("p.fault", error.message));
      }
    };
    const deaf = onActed(load);
    load();
    return () => {
      open = false;
      deaf();
    };
  });
}
