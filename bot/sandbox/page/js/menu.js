/** Drop-down menus in the top layer: closed by Escape or a press elsewhere, walked with arrow keys. */

import { arrowKeys, h } from "./dom.js";
import { icon } from "./icons.js";

let open = null;

/**
 * Opens a menu at `anchor`; a second press on the same anchor closes it.
 * Items: {label, icon?, act, checked?, radio?, danger?} or {heading} or null for a line.
 * `items` is a function: a menu whose item has `stay` is drawn anew after each press.
 */
export function openMenu(anchor, label, items) {
  const again = open?.anchor === anchor;
  open?.menu.hidePopover();
  if (again) return;
  const menu = h("div", { class: "menu", role: "menu", popover: "auto", "aria-label": label });
  open = { anchor, menu };
  const draw = () => menu.replaceChildren(...items().map((item) => menuItem(item, menu, draw)));
  draw();
  document.body.append(menu);
  anchor.setAttribute("aria-expanded", "true");
  arrowKeys(menu, () => [...menu.querySelectorAll("button")]);
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const inside = menu.contains(document.activeElement) || document.activeElement === document.body;
    menu.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (inside) anchor.focus({ preventScroll: true });
    // The press that closed the menu may be a press on its own anchor, which must not open it again.
    setTimeout(() => open?.menu === menu && (open = null), 0);
  });
  menu.showPopover();
  place(menu, anchor);
  menu.querySelector("button")?.focus({ preventScroll: true });
}

function menuItem(item, menu, draw) {
  if (item === null) return h("hr", { role: "separator" });
  if (item.heading) return h("p", { class: "menu-heading", role: "presentation" }, item.heading);
  const choice = item.checked !== undefined;
  const role = !choice ? "menuitem" : item.radio ? "menuitemradio" : "menuitemcheckbox";
  const press = () => {
    if (!item.stay) menu.hidePopover();
    item.act();
    if (!item.stay) return;
    const at = [...menu.querySelectorAll("button")].indexOf(document.activeElement);
    draw();
    menu.querySelectorAll("button")[at]?.focus();
  };
  return h("button", { role, tabindex: "-1", class: item.danger ? "danger" : null, "aria-checked": choice ? String(item.checked) : null, on: { click: press } },
    choice ? h("span", { class: "menu-mark" }, item.checked ? icon("check") : null) : item.icon ? icon(item.icon) : null,
    item.picture ?? null, h("span", null, item.label, item.hint ? h("small", null, item.hint) : null));
}

function place(menu, anchor) {
  const from = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = from.bottom + 6 + size.height <= innerHeight || from.top < size.height + 6;
  const left = from.left + from.width / 2 > innerWidth / 2 ? from.right - size.width : from.left;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  menu.style.top = `${Math.max(8, below ? from.bottom + 6 : from.top - size.height - 6)}px`;
}
