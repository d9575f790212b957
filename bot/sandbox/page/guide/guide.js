/** The guided tour: a strip above the phones that says what to tap next, as the server judges it from what happened. */

import { api } from "../js/api.js";
import { fullName, h } from "../js/dom.js";
import { icon } from "../js/icons.js";
import { keep, pref } from "../js/prefs.js";
import { addWords, language, t } from "../js/words.js";

const SHEET = new URL("./guide.css", import.meta.url);
const SOON_MS = 350;
const EVERY_MS = 3000;
const SENT = ["send", "say", "photo"];

addWords(await (await fetch(new URL("./labels.json", import.meta.url))).json());

export class Guide {
  #timer = 0;
  #asking = false;
  #shown = "";

  constructor(store, deck, above) {
    this.store = store;
    this.strip = h("section", { class: "guide", id: "guide", hidden: true });
    this.deck = deck;
    above.before(this.strip);
    document.head.append(h("link", { rel: "stylesheet", href: SHEET.href }));
    store.on("news", () => {
      this.#point();
      this.#soon();
    });
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
    this.now = now;
    this.#point();
    this.draw();
  }

  /** Rings the button that is meant, on its phone; a message drawn anew is rung anew. */
  #point() {
    for (const key of document.querySelectorAll(".key.hinted")) key.classList.remove("hinted");
    const { user_id: person, message_id: id, data } = this.now ?? {};
    const rows = this.store.people.has(person) ? this.store.chat(person).messages.get(id)?.keyboard?.inline ?? [] : [];
    const place = rows.flatMap((row, y) => row.map((key, x) => (data && key.callback_data === data ? `${y}.${x}` : ""))).find(Boolean);
    const message = this.deck.phones.get(person)?.element.querySelector(`[data-message-id="${id}"]`);
    if (place) message?.querySelector(`[data-place="${place}"]`)?.classList.add("hinted");
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
