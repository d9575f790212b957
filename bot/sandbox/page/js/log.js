/** The scrolling list of messages of one phone. */

import { messageNode, pendingNode } from "./bubble.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { dayKey, dayName, language, t } from "./words.js";

const PAGE = 150;
const NEAR_BOTTOM_PX = 80;

export class Log {
  #nodes = new Map();
  #limit = PAGE;
  #stick = true;

  constructor(phone) {
    this.phone = phone;
    this.list = h("div", { class: "log", role: "log", tabindex: "0", "aria-busy": "true" });
    this.badge = h("span", { class: "badge" });
    this.down = h("button", { class: "to-bottom", hidden: true, on: { click: () => this.toBottom() } }, icon("down"), this.badge);
    this.typing = h("div", { class: "msg in typing", "aria-hidden": "true" }, h("div", { class: "bubble" }, h("i"), h("i"), h("i")));
    this.list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.settle()).observe(this.list);
  }

  /** Brings the list to what the store holds, touching only what changed. */
  draw(arrived = null) {
    const chat = this.phone.chat;
    const messages = [...chat.messages.values()].sort((a, b) => a.message_id - b.message_id);
    const wanted = this.#wanted(messages, chat);
    const keep = new Set(wanted);
    const focus = this.#focusPlace();
    for (const child of [...this.list.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((node, at) => this.list.children[at] !== node && this.list.insertBefore(node, this.list.children[at] ?? null));
    this.list.setAttribute("aria-busy", "false");
    this.list.setAttribute("aria-label", t("chat_with", { name: this.phone.name }));
    this.down.setAttribute("aria-label", t("to_bottom"));
    focus?.();
    if (this.#stick || (arrived && arrived.from !== "bot")) this.toBottom();
    else this.#scrolled();
  }

  #wanted(messages, chat) {
    const shown = messages.slice(-this.#limit);
    const wanted = messages.length > shown.length ? [this.#earlier()] : messages.length ? [] : [this.#hello()];
    const fresh = new Map();
    let day = null;
    for (const message of shown) {
      const key = dayKey(message.date);
      if (key !== day) wanted.push(this.#remember(fresh, `day ${key}`, `${language()} ${this.#dayLabel(message.date)}`, () => h("p", { class: "day" }, h("span", null, this.#dayLabel(message.date)))));
      day = key;
      const taps = this.phone.tapsOf(message.message_id);
      const state = `${language()} ${taps} ${this.phone.store.zone} ${JSON.stringify(message)}`;
      wanted.push(this.#remember(fresh, message.message_id, state, () => messageNode(message, this.phone)));
    }
    for (const item of chat.outbox.filter((each) => each.visible)) {
      wanted.push(this.#remember(fresh, item.key, `${language()} ${item.state}`, () => pendingNode(item, () => this.phone.outbox.flush(true))));
    }
    if (chat.typing) wanted.push(this.typing);
    this.#nodes = fresh;
    this.#shape(wanted);
    return wanted;
  }

  /** Keeps a node as long as its state is the same, so that playing sound, focus and opened spoilers stay. */
  #remember(fresh, key, state, make) {
    const old = this.#nodes.get(key);
    const entry = old?.state === state ? old : { state, node: make() };
    fresh.set(key, entry);
    return entry.node;
  }

  /** Bubbles of one speaker stand close together; only the last of them has the tail. */
  #shape(nodes) {
    const side = (node) => (node?.classList.contains("msg") ? (node.classList.contains("out") ? "out" : "in") : null);
    nodes.forEach((node, at) => {
      if (!side(node)) return;
      node.classList.toggle("joined", side(nodes[at - 1]) === side(node));
      node.classList.toggle("tail", side(nodes[at + 1]) !== side(node));
    });
  }

  #dayLabel(date) {
    return dayKey(date) === dayKey(this.phone.store.now()) ? t("today") : dayName(date);
  }

  #earlier() {
    return h("button", { class: "earlier", on: { click: () => this.#showEarlier() } }, t("earlier"));
  }

  #showEarlier() {
    const before = this.list.scrollHeight - this.list.scrollTop;
    this.#limit += PAGE;
    this.draw();
    this.list.scrollTop = this.list.scrollHeight - before;
  }

  #hello() {
    const description = this.phone.person.description || this.phone.store.bot.description;
    const words = description ? [h("b", null, t("what_can")), h("p", null, description)] : [h("p", null, t("empty_chat"))];
    return h("div", { class: "hello" }, words);
  }

  /** An edit replaces the pressed button; the keyboard user stays where they were, or at the first new button. */
  #focusPlace() {
    const active = this.list.contains(document.activeElement) ? document.activeElement.closest("[data-message-id]") : null;
    if (!active) return null;
    const label = document.activeElement.textContent;
    return () => {
      if (this.list.contains(document.activeElement)) return;
      const now = this.list.querySelector(`[data-message-id="${active.dataset.messageId}"]`);
      const keys = [...(now?.querySelectorAll(".key") ?? [])];
      (keys.find((key) => key.textContent === label) ?? keys[0] ?? this.list).focus({ preventScroll: true });
    };
  }

  #scrolled() {
    if (!this.list.clientHeight) return;
    this.#stick = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < NEAR_BOTTOM_PX;
    if (this.#stick && !document.hidden) this.phone.store.markRead(this.phone.id);
    this.down.hidden = this.#stick;
    this.badge.textContent = this.phone.person.unread || "";
  }

  /** Stays at the newest message if that is what was in sight. */
  settle() {
    if (this.#stick) this.toBottom();
  }

  toBottom() {
    this.#stick = true;
    this.list.scrollTop = this.list.scrollHeight;
    this.#scrolled();
  }

  /** Scrolls to a message and lights it up for a moment. */
  reveal(messageId) {
    const node = this.list.querySelector(`[data-message-id="${messageId}"]`);
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("lit");
    requestAnimationFrame(() => node.classList.add("lit"));
  }
}
