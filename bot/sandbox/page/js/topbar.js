/** The bar above the phones: sandbox, clock, phones, call log, language, light. */

import { api } from "./api.js";
import { avatar, fullName, h } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { applyTheme, isDark, keep } from "./prefs.js";
import { clockTime, dayName, language, languages, t } from "./words.js";

const SHIFTS = [["minutes_1", 60], ["minutes_10", 600], ["hours_1", 3600]];

export class TopBar {
  /** `table` does the rest: {deck, calls, addPerson, setLanguage}. */
  constructor(store, bar, table) {
    this.store = store;
    this.bar = bar;
    this.table = table;
    this.time = h("time", { class: "clock-time" });
    this.day = h("span", { class: "clock-day" });
    this.link = h("span", { class: "link", role: "status" });
    for (const topic of ["bot", "people", "clock", "link"]) store.on(topic, () => (topic === "clock" || topic === "link" ? this.#tick() : this.draw()));
    setInterval(() => this.#tick(), 1000);
    this.draw();
  }

  draw() {
    const { bot } = this.store;
    const focus = this.bar.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    this.bar.replaceChildren(
      h("div", { class: "brand" }, h("span", { class: "logo", "aria-hidden": "true" }, icon("send")),
        h("div", null, h("h1", null, bot.name || t("badge"), h("span", { class: "tag" }, t("badge"))),
          h("p", null, bot.username ? `@${bot.username}` : "", this.link))),
      h("div", { class: "clock", role: "group", "aria-label": t("shift_clock") },
        h("div", { class: "clock-face" }, this.time, this.day),
        h("div", { class: "shifts" }, SHIFTS.map(([word, seconds]) =>
          h("button", { data: { name: word }, on: { click: () => this.#shift(seconds) } }, t(word))))),
      h("div", { class: "tools" }, this.#tools()));
    this.#tick();
    if (focus) this.bar.querySelector(`[data-name="${focus}"]`)?.focus();
  }

  #tools() {
    const { deck } = this.table;
    const tool = (name, sign, label, act, props = {}) => {
      const button = h("button", { class: "tool", data: { name }, title: label, ...props, on: { click: () => act(button) } }, icon(sign), h("span", { class: "tool-word" }, label));
      return button;
    };
    const theme = isDark() ? "light" : "dark";
    const wide = [
      tool("phones", "people", `${t("phones")} ${deck.phones.size}/${this.store.people.size}`, (button) => this.#phones(button), { "aria-haspopup": "menu" }),
      tool("add", "add", t("add_person"), () => this.table.addPerson()),
      tool("calls", "terminal", t("call_log"), () => this.table.calls.toggle(), { "aria-pressed": String(this.table.calls.open) }),
      tool("language", "globe", language().toUpperCase(), (button) => this.#languages(button), { "aria-haspopup": "menu", "aria-label": t("interface") }),
      tool("theme", isDark() ? "sun" : "moon", t(theme), () => this.#theme(theme)),
    ];
    return [...wide, tool("more", "more", t("menu"), (button) => this.#more(button), { "aria-haspopup": "menu" })];
  }

  #phoneItems() {
    const { deck } = this.table;
    return [...this.store.people.values()].map((person) => ({
      label: fullName(person), hint: person.role, picture: avatar(person), checked: deck.isShown(person.id), stay: true,
      act: () => {
        deck.toggle(person.id);
        this.bar.querySelector('[data-name="phones"] .tool-word').textContent = `${t("phones")} ${deck.phones.size}/${this.store.people.size}`;
      },
    }));
  }

  #phones(anchor) {
    if (this.store.people.size) openMenu(anchor, t("phones"), () => this.#phoneItems());
  }

  #languageItems() {
    return languages().map(({ code, name }) => ({ label: name, radio: true, checked: code === language(), act: () => this.table.setLanguage(code) }));
  }

  #languages(anchor) {
    openMenu(anchor, t("interface"), () => this.#languageItems());
  }

  /** Everything of the bar in one menu, for narrow screens. */
  #more(anchor) {
    const theme = isDark() ? "light" : "dark";
    openMenu(anchor, t("menu"), () => [
      { heading: t("shift_clock") },
      ...SHIFTS.map(([word, seconds]) => ({ label: t(word), icon: "clock", stay: true, act: () => this.#shift(seconds) })),
      { heading: t("phones") },
      ...this.#phoneItems(),
      { label: t("add_person"), icon: "add", act: () => this.table.addPerson() },
      null,
      { label: t("call_log"), icon: "terminal", act: () => this.table.calls.toggle() },
      { label: t(theme), icon: isDark() ? "sun" : "moon", act: () => this.#theme(theme) },
      { heading: t("interface") },
      ...this.#languageItems(),
    ]);
  }

  async #shift(seconds) {
    try {
      const { now } = await api.shift(seconds);
      this.store.setClock(now);
    } catch {
      this.#tick();
    }
  }

  #theme(theme) {
    keep("theme", theme);
    applyTheme();
    this.draw();
  }

  #tick() {
    const now = this.store.now();
    this.time.textContent = clockTime(now, true);
    this.day.textContent = dayName(now);
    this.link.className = `link ${this.store.link}`;
    const words = t(`link_${this.store.link}`);
    if (this.link.textContent !== words) this.link.textContent = words;
  }
}
