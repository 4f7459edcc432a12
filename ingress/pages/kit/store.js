// What a page keeps in this browser, and who hears of changes.

/** Keep something in this browser; one that keeps nothing is no reason to fail. All pages of this host share it: say whose it is in the name. */
export function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch { /* a private window */ }
}

/** What was kept under a name, or null. */
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Those who want to hear of something: `watch(told)` until the function that it returns is called; `tell(...)` tells them. */
export function watchers() {
  const all = new Set();
  return {
    watch(told) {
      all.add(told);
      return () => all.delete(told);
    },
    tell(...what) {
      for (const told of [...all]) told(...what);
    },
  };
}
