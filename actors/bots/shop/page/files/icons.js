// Drawings, by name.
import { drawing } from "./kit/dom.js";

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

export const icon = (name) => drawing(ICONS[name]);
