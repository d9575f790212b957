/** Inline keyboards: real buttons, each with its own spinner until the bot answers. */

import { api } from "./api.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./words.js";

const STYLES = ["danger", "success", "primary"];
const MARKS = { url: "link", web_app: "link", login_url: "link", copy_text: "copy", switch_inline_query: "reply", switch_inline_query_current_chat: "reply" };

/** The keyboard under a message, or null. `phone` does what the buttons say. */
export function inlineKeyboard(message, phone) {
  const rows = message.keyboard?.inline;
  if (!rows?.length) return null;
  return h("div", { class: "keys", role: "group", "aria-label": t("buttons") },
    rows.map((row, y) => h("div", { class: "keys-row" }, row.map((key, x) => inlineButton(message, key, `${y}.${x}`, phone)))));
}

function inlineButton(message, key, place, phone) {
  const mark = Object.keys(MARKS).find((kind) => key[kind] !== undefined && key[kind] !== null);
  const waiting = phone.isTapped(message.message_id, place);
  const node = h("button", { class: "key", data: { place }, "aria-busy": waiting ? "true" : null },
    h("span", { class: "key-label" }, key.text), mark ? icon(MARKS[mark]) : null, h("span", { class: "spinner", "aria-hidden": "true" }));
  if (STYLES.includes(key.style)) node.dataset.style = key.style;
  node.addEventListener("click", () => press(message, key, place, phone));
  return node;
}

function press(message, key, place, phone) {
  if (key.copy_text) return phone.copy(key.copy_text.text);
  const address = key.url ?? key.web_app?.url ?? key.login_url?.url;
  if (address) return phone.openLink(address, true);
  const inline = key.switch_inline_query_current_chat ?? key.switch_inline_query;
  if (inline !== undefined && inline !== null) return phone.compose(`@${phone.store.bot.username} ${inline}`);
  if (key.callback_data === undefined) return undefined;
  return phone.tap(message, key, place);
}

/** Presses the button at the sandbox: by its label as a person does, by its data where two labels are alike. */
export function pressAtSandbox(personId, message, key) {
  const alike = message.keyboard.inline.flat().filter((other) => other.text === key.text);
  return api.tap(personId, message.message_id, alike.length > 1 ? { data: key.callback_data } : { label: key.text });
}

/** The newest reply keyboard that is still in force: null when there is none or it was removed. */
export function currentReplyKeyboard(messages) {
  for (const message of [...messages].reverse()) {
    const markup = message.from === "bot" ? message.reply_keyboard : null;
    if (!markup) continue;
    if (markup.remove_keyboard) return null;
    const rows = Array.isArray(markup) ? markup : markup.keyboard;
    if (rows) return { rows, once: Boolean(markup.one_time_keyboard), placeholder: markup.input_field_placeholder, id: message.message_id };
  }
  return null;
}

export function replyKeyboard(markup, phone) {
  return h("div", { class: "reply-keys", role: "group", "aria-label": t("buttons") },
    markup.rows.map((row) => h("div", { class: "keys-row" }, row.map((key) => {
      const button = typeof key === "string" ? { text: key } : key;
      return h("button", { class: "key", "data-style": STYLES.includes(button.style) ? button.style : null, on: { click: () => phone.pressReply(button, markup) } },
        h("span", { class: "key-label" }, button.text));
    }))));
}
