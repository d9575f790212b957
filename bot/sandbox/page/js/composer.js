/** The foot of a phone: START, UNBLOCK, or the input with its commands and attachments. */

import { api } from "./api.js";
import { summary } from "./bubble.js";
import { arrowKeys, h } from "./dom.js";
import { icon } from "./icons.js";
import { currentReplyKeyboard, replyKeyboard } from "./keyboard.js";
import { openMenu } from "./menu.js";
import { t } from "./words.js";

const PICK = { photo: "image/*", document: "", voice: "audio/*" };
const SAMPLE_PLACE = { latitude: 42.3417, longitude: 69.5901 };
const SAMPLE_PHONE = "+77010000000";
const TALLEST_PX = 132;

export class Composer {
  #file = null;
  #target = null;
  #usedKeyboard = 0;

  constructor(phone) {
    this.phone = phone;
    this.element = h("footer", { class: "dock" });
    this.input = h("textarea", { rows: 1, autocomplete: "off", enterkeyhint: "send" });
    this.input.addEventListener("input", () => this.#typed());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("paste", (event) => this.#pasted(event));
    this.picker = h("input", { type: "file", hidden: true, tabindex: "-1" });
    this.picker.addEventListener("change", () => this.attach(this.picker.files[0], this.picker.dataset.kind));
    this.sendButton = h("button", { type: "submit", class: "round send" }, icon("send"));
    this.attachButton = h("button", { class: "round", "aria-haspopup": "menu", on: { click: () => this.#attachMenu() } }, icon("attach"));
    this.commandButton = h("button", { class: "round slash", "aria-expanded": "false", on: { click: () => this.#toggleCommands() } }, icon("slash"));
    this.commands = h("div", { class: "commands", role: "menu", hidden: true });
    arrowKeys(this.commands, () => [...this.commands.querySelectorAll("button")]);
    this.commands.addEventListener("keydown", (event) => event.key === "Escape" && this.#closeCommands(true));
    this.extra = h("div", { class: "extra", hidden: true });
    this.form = h("form", { class: "composer" }, this.commandButton, this.input, this.attachButton, this.sendButton, this.picker);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.keys = h("div", { class: "reply-space" });
    this.big = h("div", { class: "big-space" });
    this.element.append(this.commands, this.extra, this.big, this.form, this.keys);
    document.addEventListener("pointerdown", (event) => this.element.contains(event.target) || this.#closeCommands());
  }

  draw() {
    const { person } = this.phone;
    const mute = person.blocked || this.phone.needsStart;
    const word = person.blocked ? "unblock" : mute || this.phone.restart ? "start" : null;
    const big = word && this.#bigButton(word);
    if (this.big.firstChild?.textContent !== big?.textContent) this.big.replaceChildren(...(big ? [big] : []));
    this.form.hidden = mute;
    this.#names();
    this.#drawExtra();
    this.#drawReplyKeys(mute);
    this.commandButton.hidden = !person.commands?.length;
    if (mute) this.#closeCommands();
    this.#grow();
  }

  #names() {
    const { name } = this.phone;
    const keyboard = currentReplyKeyboard(this.#messages());
    this.input.setAttribute("aria-label", `${t("message")}: ${name}`);
    this.input.placeholder = keyboard?.placeholder ?? t("message");
    for (const [button, word] of [[this.sendButton, "send"], [this.attachButton, "attach"], [this.commandButton, "commands"]]) {
      button.setAttribute("aria-label", t(word));
      button.title = t(word);
    }
    this.commands.setAttribute("aria-label", t("commands"));
  }

  #messages() {
    return [...this.phone.chat.messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  #bigButton(word) {
    const act = word === "start" ? () => this.phone.pressStart() : () => this.phone.change({ blocked: false });
    return h("button", { class: "big", data: { action: word }, on: { click: act } }, t(word));
  }

  #drawReplyKeys(away) {
    const markup = away ? null : currentReplyKeyboard(this.#messages());
    const state = markup && markup.id !== this.#usedKeyboard ? JSON.stringify(markup) : "";
    if (this.keys.dataset.state === state) return;
    this.keys.dataset.state = state;
    this.keys.replaceChildren(...(state ? [replyKeyboard(markup, this.phone)] : []));
  }

  /** A one-time keyboard folds away after its first press. */
  used(markup) {
    if (markup.once) this.#usedKeyboard = markup.id;
    this.draw();
  }

  /** The strip above the input: the message that is answered or edited, the file that waits. */
  #drawExtra() {
    const words = this.#file
      ? [h("b", null, t(this.#file.kind === "document" ? "file" : this.#file.kind)), h("span", null, this.#file.file.name)]
      : this.#target
        ? [h("b", null, t(this.#target.edit ? "editing" : "reply")), h("span", null, summary(this.#target.message))]
        : null;
    this.extra.hidden = !words;
    if (!words) return this.extra.replaceChildren();
    const sign = this.#file ? (this.#file.kind === "photo" ? "photo" : "file") : this.#target.edit ? "edit" : "reply";
    const away = h("button", { class: "round", "aria-label": t("remove"), on: { click: () => this.reset() } }, icon("close"));
    return this.extra.replaceChildren(icon(sign), h("p", null, words), away);
  }

  aim(message, edit) {
    this.#target = { message, edit };
    this.#file = null;
    this.compose(edit ? message.text ?? message.caption ?? "" : this.input.value);
  }

  attach(file, kind) {
    if (!file) return;
    this.#file = { file, kind: kind || (file.type.startsWith("image/") ? "photo" : "document") };
    this.draw();
    this.input.focus();
  }

  compose(text) {
    this.input.value = text;
    this.draw();
    this.input.focus();
  }

  reset() {
    this.#file = null;
    this.#target = null;
    this.picker.value = "";
    this.compose("");
  }

  #submit() {
    const text = this.input.value.trim();
    const [file, target] = [this.#file, this.#target];
    if (!text && !file) return;
    this.#closeCommands();
    this.reset();
    if (file) this.phone.sendFile(file.file, file.kind, text);
    else if (target?.edit) this.phone.post(text, () => api.edit(this.phone.id, target.message.message_id, text));
    else this.phone.sendText(text, target?.message.message_id);
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      if (this.commands.hidden) this.reset();
      else this.#closeCommands(true);
    } else if (event.key === "ArrowUp" && !this.commands.hidden) {
      event.preventDefault();
      [...this.commands.querySelectorAll("button")].at(-1)?.focus();
    }
  }

  #typed() {
    this.#grow();
    const text = this.input.value;
    if (/^\/\w*$/.test(text)) this.#openCommands(text.slice(1));
    else this.#closeCommands();
  }

  #grow() {
    this.input.style.height = "auto";
    if (this.input.scrollHeight) this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_PX)}px`;
  }

  #pasted(event) {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    this.attach(file);
  }

  #attachMenu() {
    const pick = (kind) => () => {
      this.picker.accept = PICK[kind];
      this.picker.dataset.kind = kind;
      this.picker.value = "";
      this.picker.click();
    };
    const { person } = this.phone;
    const sticker = () => this.phone.post(t("sticker"), () => api.send(this.phone.id, { sticker: true }));
    openMenu(this.attachButton, t("attach"), () => [
      { label: t("photo"), icon: "photo", act: pick("photo") },
      { label: t("file"), icon: "file", act: pick("document") },
      { label: t("voice"), icon: "microphone", act: pick("voice") },
      null,
      { label: t("location"), icon: "location", act: () => this.sendLocation() },
      { label: t("contact"), icon: "contact", act: () => this.sendContact(person) },
      { label: t("sticker"), icon: "sticker", act: sticker },
    ]);
  }

  sendLocation() {
    this.phone.post(t("location"), () => api.send(this.phone.id, { location: SAMPLE_PLACE }));
  }

  sendContact({ id, first_name, last_name }) {
    const contact = { phone_number: SAMPLE_PHONE, first_name, last_name, user_id: id };
    this.phone.post(t("contact"), () => api.send(this.phone.id, { contact }));
  }

  #toggleCommands() {
    if (!this.commands.hidden) return this.#closeCommands(true);
    this.#openCommands("");
    return this.commands.querySelector("button")?.focus();
  }

  #openCommands(beginning) {
    const list = (this.phone.person.commands ?? []).filter(({ command }) => command.startsWith(beginning.toLowerCase()));
    this.commands.hidden = !list.length;
    this.commandButton.setAttribute("aria-expanded", String(list.length > 0));
    this.commands.replaceChildren(...list.map(({ command, description }) =>
      h("button", { role: "menuitem", on: { click: () => this.#choose(command) } }, h("b", null, `/${command}`), h("span", null, description))));
  }

  #choose(command) {
    this.#closeCommands();
    this.reset();
    this.phone.sendText(`/${command}`);
  }

  #closeCommands(focus = false) {
    if (this.commands.hidden) return;
    this.commands.hidden = true;
    this.commandButton.setAttribute("aria-expanded", "false");
    if (focus) this.input.focus();
  }
}
