/** Which phones lie on the table: side by side on a wide screen, one at a time with tabs on a narrow one. */

import { arrowKeys, avatar, fullName, h } from "./dom.js";
import { Phone } from "./phone.js";
import { keep, pref } from "./prefs.js";
import { t } from "./words.js";

const NARROW = matchMedia("(max-width: 719px)");

export class Deck {
  phones = new Map();
  #current = Number(pref("current")) || null;
  #hidden = new Set(pref("hidden") ?? []);

  constructor(store, deck, tabs) {
    this.store = store;
    this.deck = deck;
    this.tabs = tabs;
    tabs.setAttribute("role", "tablist");
    arrowKeys(tabs, () => [...tabs.querySelectorAll("button")], { horizontal: true });
    store.on("people", () => this.draw());
    NARROW.addEventListener("change", () => this.draw());
    document.addEventListener("visibilitychange", () => this.#settle());
  }

  isShown(id) {
    return !this.#hidden.has(id);
  }

  toggle(id) {
    if (!this.#hidden.delete(id)) this.#hidden.add(id);
    keep("hidden", [...this.#hidden]);
    this.draw();
  }

  /** Puts one phone in front: the tab on a narrow screen, scrolled into sight on a wide one. */
  show(id) {
    this.#hidden.delete(id);
    this.#current = id;
    keep("current", id);
    this.draw();
    this.phones.get(id)?.element.scrollIntoView({ inline: "center", block: "nearest" });
  }

  draw() {
    const ids = [...this.store.people.keys()];
    const shown = ids.filter((id) => this.isShown(id));
    for (const [id, phone] of [...this.phones]) if (!shown.includes(id)) this.#remove(id, phone);
    for (const id of shown) if (!this.phones.has(id)) this.#add(id);
    shown.forEach((id, at) => {
      const { element } = this.phones.get(id);
      if (this.deck.children[at] !== element) this.deck.insertBefore(element, this.deck.children[at] ?? null);
    });
    if (!shown.includes(this.#current)) this.#current = shown[0] ?? null;
    this.deck.style.setProperty("--phones", Math.max(1, Math.min(shown.length, 4)));
    for (const [id, { element }] of this.phones) element.classList.toggle("away", NARROW.matches && id !== this.#current);
    this.#settle();
    this.#drawEmpty(shown.length);
    this.drawTabs();
  }

  #settle() {
    this.phones.forEach((phone) => phone.log.settle());
  }

  #add(id) {
    const phone = new Phone(this.store, id);
    this.phones.set(id, phone);
    this.deck.append(phone.element);
    phone.off = this.store.on(`person:${id}`, () => this.drawTabs());
  }

  #remove(id, phone) {
    phone.off();
    phone.leave();
    this.phones.delete(id);
  }

  #drawEmpty(count) {
    this.deck.querySelector(".no-phones")?.remove();
    if (count) return;
    this.deck.append(h("div", { class: "no-phones" }, h("b", null, t("no_phones")), h("p", null, t("no_phones_hint"))));
  }

  drawTabs() {
    this.tabs.setAttribute("aria-label", t("phones"));
    this.tabs.hidden = !NARROW.matches || this.phones.size < 2;
    const focused = this.tabs.contains(document.activeElement) ? document.activeElement.dataset.tab : null;
    this.tabs.replaceChildren(...(this.tabs.hidden ? [] : [...this.phones.keys()].map((id) => this.#tab(id))));
    if (focused) this.tabs.querySelector(`[data-tab="${focused}"]`)?.focus();
    this.tabs.querySelector('[aria-selected="true"]')?.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.#title();
  }

  #tab(id) {
    const person = this.store.people.get(id);
    const unread = this.store.unread(id);
    const current = id === this.#current;
    const button = h("button", {
      role: "tab", "aria-selected": String(current), "aria-controls": `phone-${id}`, tabindex: current ? "0" : "-1", data: { tab: id }, title: fullName(person),
      on: { click: () => this.show(id), focus: () => id !== this.#current && this.show(id) },
    }, avatar(person), h("span", { class: "tab-name" }, person.first_name),
    unread ? h("span", { class: "badge", "aria-label": t("unread", { n: unread }) }, String(unread)) : null);
    return button;
  }

  #title() {
    const unread = [...this.phones.keys()].reduce((sum, id) => sum + this.store.unread(id), 0);
    document.title = `${unread ? `(${unread}) ` : ""}${this.store.bot.name || t("badge")}`;
  }

  redraw() {
    this.phones.forEach((phone) => phone.draw());
    this.draw();
  }
}
