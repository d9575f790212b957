/** The guided tour: a strip above the phones that says what to tap next, as the server judges it from what happened. */

import { api } from "./api.js";
import { fullName, h } from "./dom.js";
import { icon } from "./icons.js";
import { keep, pref } from "./prefs.js";
import { language, t } from "./words.js";

const SOON_MS = 350;
const EVERY_MS = 3000;
const SENT = ["send", "say", "photo"];

export class Guide {
  #timer = 0;
  #asking = false;
  #shown = "";

  constructor(store, strip, deck) {
    this.store = store;
    this.strip = strip;
    this.deck = deck;
    strip.hidden = true;
    store.on("news", () => this.#soon());
    store.on("people", () => this.#soon());
    setInterval(() => this.#ask(), EVERY_MS);
    this.#ask();
  }

  get folded() {
    return Boolean(pref("folded"));
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), SOON_MS);
  }

  async #ask() {
    if (this.#asking || document.hidden) return;
    this.#asking = true;
    try {
      this.#take(await api.guide());
    } catch {
      // The page says itself that the server is away.
    }
    this.#asking = false;
  }

  #take(now) {
    if (!now?.step || !(now.do === "finish" || this.store.people.has(now.user_id))) return;
    const before = this.now;
    this.now = now;
    this.store.hint = now;
    for (const id of new Set([before?.user_id, now.user_id])) if (id) this.store.emit(`chat:${id}`, { hint: true });
    this.draw();
  }

  draw() {
    if (!this.now) return;
    const { now } = this;
    const shown = JSON.stringify([now, language(), this.folded]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const words = now.words[language()] ?? now.words.ru;
    const focus = this.strip.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const fold = h("button", { class: "round", data: { name: "fold" }, "aria-expanded": String(!this.folded), "aria-label": t("guide"), on: { click: () => this.#fold() } }, icon(this.folded ? "list" : "close"));
    this.strip.hidden = false;
    this.strip.classList.toggle("folded", this.folded);
    this.strip.setAttribute("aria-label", t("guide"));
    this.strip.replaceChildren(
      h("p", { class: "guide-count" }, h("b", null, t("guide")), h("progress", { max: now.total, value: now.done, "aria-label": t("guide") }), `${now.done}/${now.total}`),
      h("div", { class: "guide-words", role: "status" }, h("h2", null, words.title), h("p", { lang: language() }, words.text)),
      this.#what(), fold);
    if (focus) this.strip.querySelector(`[data-name="${focus}"]`)?.focus();
  }

  /** Whose phone, which button there, and a button that leads to it or does the typing. */
  #what() {
    const { now } = this;
    if (now.do === "finish") return h("div", { class: "guide-act" });
    const person = this.store.people.get(now.user_id);
    const deed = { start: t("start"), tap: now.label, photo: t("photo") }[now.do] ?? now.text;
    const where = h("p", null, h("span", null, fullName(person)), deed ? h("b", null, deed) : t("guide_wait"));
    const act = SENT.includes(now.do)
      ? h("button", { class: "button main", data: { name: "act" }, on: { click: () => this.#send() } }, t("send"))
      : now.do === "wait" ? null : h("button", { class: "button main", data: { name: "act" }, on: { click: () => this.#show() } }, t("guide_show"));
    return h("div", { class: "guide-act" }, where, act);
  }

  #fold() {
    keep("folded", this.folded ? "" : "1");
    this.draw();
  }

  #show() {
    this.deck.show(this.now.user_id);
    const phone = this.deck.phones.get(this.now.user_id);
    if (this.now.message_id) phone?.log.reveal(this.now.message_id);
    phone?.element.querySelector(".hinted, [data-action='start']")?.focus({ preventScroll: true });
  }

  #send() {
    const { now } = this;
    this.deck.show(now.user_id);
    const phone = this.deck.phones.get(now.user_id);
    if (now.do === "photo") phone?.post(t("photo"), () => api.send(now.user_id, { photo: true }));
    else phone?.sendText(now.text);
  }
}
