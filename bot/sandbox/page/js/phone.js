/** One person's phone: its header, its chat with the bot, and all that the person can do. */

import { api, Refused } from "./api.js";
import { Composer } from "./composer.js";
import { avatar, fullName, h, passing } from "./dom.js";
import { icon } from "./icons.js";
import { pressAtSandbox } from "./keyboard.js";
import { Log } from "./log.js";
import { openMenu } from "./menu.js";
import { ask, toast } from "./notices.js";
import { Outbox } from "./outbox.js";
import { safeLink } from "./rich.js";
import { t } from "./words.js";

const APP_LANGUAGES = ["kk", "ru", "en"];

export class Phone {
  #off = [];
  #taps = 0;
  #starting = false;
  #wasBlocked = false;

  constructor(store, id) {
    this.store = store;
    this.id = id;
    this.outbox = new Outbox(store, id);
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.head = h("header", { class: "phone-head" });
    this.banner = h("div", { class: "banner", hidden: true });
    this.screen = h("div", { class: "screen" }, this.log.list, this.log.down, h("div", { class: "toasts", role: "status" }));
    this.element = h("section", { class: "phone", id: `phone-${id}`, data: { person: id } }, this.head, this.banner, this.screen, this.composer.element);
    this.#off = [
      store.on(`chat:${id}`, (change) => this.#drawChat(change)),
      store.on(`person:${id}`, () => this.drawPerson()),
      store.on(`notice:${id}`, (notice) => this.#notice(notice)),
      store.on("bot", () => this.draw()),
      store.on("link", () => store.link === "live" && this.outbox.flush()),
    ];
    this.draw();
  }

  get person() {
    return this.store.people.get(this.id) ?? { id: this.id, first_name: "", online: true, started: true };
  }

  get chat() {
    return this.store.chat(this.id);
  }

  get name() {
    return fullName(this.person);
  }

  /** Nothing can be written before START; an opened link shows it again. */
  get needsStart() {
    return !this.#starting && (!this.person.started || Boolean(this.person.start));
  }

  message(id) {
    return this.chat.messages.get(id);
  }

  leave() {
    this.#off.forEach((off) => off());
    this.element.remove();
  }

  draw() {
    this.drawPerson();
    this.#drawChat();
  }

  #drawChat(change) {
    this.log.draw(change?.arrived);
    this.composer.draw();
    this.#drawPresence();
  }

  drawPerson() {
    const { person } = this;
    if (person.online) this.outbox.landed();
    if (person.started && !person.start) this.#starting = false;
    if (this.#wasBlocked && !person.blocked) this.restart = true;
    this.#wasBlocked = person.blocked;
    this.element.setAttribute("aria-label", this.name);
    this.element.classList.toggle("offline", !person.online);
    this.element.classList.toggle("blocked", person.blocked);
    this.presence = h("span", { class: "presence" });
    const menu = h("button", { class: "round", "aria-haspopup": "menu", "aria-label": t("phone_menu", { name: this.name }), on: { click: () => this.#menu(menu) } }, icon("more"));
    const words = h("div", { class: "who" }, h("h2", null, this.name),
      h("p", null, person.role ? h("span", { class: "role" }, person.role) : null, this.presence));
    if (!this.head.contains(document.activeElement)) this.head.replaceChildren(avatar(person), words, menu);
    else this.head.querySelector(".who").replaceWith(words);
    this.#drawPresence();
    this.#drawBanner();
    this.composer.draw();
  }

  #drawPresence() {
    const { person, chat } = this;
    const state = person.blocked ? "blocked" : !person.online ? "airplane" : chat.typing ? "typing" : "online";
    this.presence.className = `presence ${state}`;
    this.presence.textContent = t(state);
  }

  #drawBanner() {
    this.banner.hidden = this.person.online !== false;
    if (this.banner.hidden) return;
    const waiting = this.person.waiting ?? 0;
    this.banner.replaceChildren(icon("plane"),
      h("span", null, waiting ? t("airplane_waiting", { n: waiting }) : t("airplane_banner")),
      h("button", { on: { click: () => this.change({ online: true }) } }, t("go_online")));
  }

  #menu(anchor) {
    const { person } = this;
    const codes = [...new Set([...APP_LANGUAGES, person.language_code].filter(Boolean))];
    openMenu(anchor, t("phone_menu", { name: this.name }), () => [
      { label: t(person.online ? "airplane_on" : "airplane_off"), icon: "plane", act: () => this.change({ online: !person.online }) },
      { label: t("mark_read"), icon: "read", act: () => this.#markRead() },
      null,
      ...codes.map((code) => ({
        label: t("app_language", { code }), radio: true, checked: code === person.language_code, act: () => this.change({ language_code: code }),
      })),
      null,
      person.blocked
        ? { label: t("unblock").toLocaleLowerCase().replace(/^./u, (letter) => letter.toLocaleUpperCase()), icon: "block", act: () => this.change({ blocked: false }) }
        : { label: t("block"), icon: "block", danger: true, act: () => this.change({ blocked: true }) },
    ]);
  }

  #markRead() {
    this.log.toBottom();
    this.store.markRead(this.id);
  }

  messageMenu(message, own, anchor) {
    const text = message.text ?? message.caption;
    openMenu(anchor, t("message_actions"), () => [
      { label: t("reply"), icon: "reply", act: () => this.composer.aim(message, false) },
      own && text ? { label: t("edit"), icon: "edit", act: () => this.composer.aim(message, true) } : undefined,
      text ? { label: t("copy"), icon: "copy", act: () => this.copy(text) } : undefined,
    ].filter((item) => item !== undefined));
  }

  /** Changes the person at the sandbox: online, blocked, language. */
  async change(change) {
    try {
      const person = await api.changePerson(this.id, change);
      if (person?.id === this.id) this.store.putPerson(person);
    } catch (error) {
      this.#failure(error);
    }
  }

  pressStart() {
    this.#starting = true;
    this.post(t("start"), () => this.#start());
    this.composer.draw();
    this.composer.input.focus();
  }

  async #start() {
    try {
      return await api.start(this.id);
    } catch (error) {
      this.#starting = false;
      throw error;
    }
  }

  post(label, run) {
    this.restart = false;
    this.outbox.push(label, run);
  }

  sendText(text, replyTo) {
    this.post(text, () => api.send(this.id, replyTo ? { text, reply_to: replyTo } : { text }));
  }

  sendFile(file, kind, caption) {
    this.post(file.name, () => {
      const form = new FormData();
      if (caption) form.append("caption", caption);
      form.append(kind, file, file.name);
      return api.send(this.id, form);
    });
  }

  pressReply(button, markup) {
    if (button.request_contact) this.composer.sendContact(this.person);
    else if (button.request_location) this.composer.sendLocation();
    else this.sendText(button.text);
    this.composer.used(markup);
  }

  compose(text) {
    this.composer.compose(text);
  }

  /** What was pressed inside a text; true when it is dealt with here. */
  act({ command, link, masked }) {
    if (command) this.sendText(command.split("@")[0]);
    return command ? true : this.openLink(link, masked);
  }

  /** A deep link to this bot arms START; other addresses open outside, after a question when `confirm`. */
  openLink(address, confirm) {
    const href = safeLink(address);
    if (!href) return true;
    const deep = this.#deepLink(href);
    if (deep !== null) {
      this.change({ start: deep });
      return true;
    }
    if (!confirm) return false;
    ask(this.screen, { text: t("open_link"), detail: href, yes: t("open"), no: t("cancel") }, () => window.open(href, "_blank", "noopener,noreferrer"));
    return true;
  }

  #deepLink(href) {
    const url = new URL(href);
    const web = /^(t|telegram)\.me$/.test(url.hostname) ? url.pathname.slice(1) : null;
    const name = web ?? (url.protocol === "tg:" ? url.searchParams.get("domain") : null);
    const ours = name && name.toLowerCase() === this.store.bot.username?.toLowerCase();
    return ours ? url.searchParams.get("start") : null;
  }

  copy(text) {
    navigator.clipboard?.writeText(text).then(() => this.#toast(t("copied")), () => this.#toast(text));
  }

  isTapped(messageId, place) {
    return [...this.chat.taps.values()].some((tap) => tap.messageId === messageId && tap.place === place);
  }

  tapsOf(messageId) {
    return [...this.chat.taps.values()].filter((tap) => tap.messageId === messageId).map((tap) => tap.place).join();
  }

  /** Presses an inline button; it spins until the bot answers or the query expires, in airplane mode until later. */
  async tap(message, key, place) {
    const { taps } = this.chat;
    this.#taps += 1;
    const early = `early ${this.#taps}`;
    taps.set(early, { messageId: message.message_id, place });
    this.#drawChat();
    try {
      const answer = await pressAtSandbox(this.id, message, key);
      if (answer.queued) taps.set(`queued ${this.#taps}`, taps.get(early));
      for (const query of answer.query_ids ?? []) {
        this.store.beginTap(this.id, query, message.message_id, place);
        this.store.checkQuery(this.id, query);
      }
    } catch (error) {
      this.#failure(error);
    }
    taps.delete(early);
    this.#drawChat();
  }

  #notice({ text, show_alert: alert, url, failure }) {
    if (failure) this.#toast(t("failed", { reason: failure }));
    else if (url) this.openLink(url, true);
    else if (alert) ask(this.screen, { text, yes: t("ok") }, () => {});
    else this.#toast(text);
  }

  #toast(text) {
    passing(this.screen.querySelector(".toasts"), toast(text), 3.5);
  }

  #failure(error) {
    this.#toast(error instanceof Refused ? t("failed", { reason: error.message }) : t("offline_self"));
  }
}
