/** Short messages over a chat: a toast that passes by itself, a box that waits for its button. */

import { h } from "./dom.js";

export const toast = (text) => h("div", { class: "toast" }, text);

/**
 * Shows a box over `screen` and calls `agreed` when it is accepted.
 * Escape or the other button closes it; the focus goes back to where it was.
 */
export function ask(screen, { text, detail, yes, no }, agreed) {
  screen.querySelector(".veil")?.remove();
  const before = document.activeElement;
  const close = (accepted) => {
    veil.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
    if (accepted) agreed();
  };
  const buttons = [
    no ? h("button", { class: "button", on: { click: () => close(false) } }, no) : null,
    h("button", { class: "button main", on: { click: () => close(true) } }, yes),
  ];
  const box = h("div", { class: "ask", role: "alertdialog", "aria-modal": "true", "aria-label": text },
    h("p", null, text), detail ? h("p", { class: "ask-detail" }, detail) : null, h("div", { class: "ask-buttons" }, buttons));
  const veil = h("div", { class: "veil" }, box);
  veil.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(false);
    if (event.key === "Tab") {
      event.preventDefault();
      const list = [...box.querySelectorAll("button")];
      list[(list.indexOf(document.activeElement) + 1) % list.length].focus();
    }
  });
  screen.append(veil);
  box.querySelector(".main").focus({ preventScroll: true });
}
