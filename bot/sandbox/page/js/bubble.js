/** One message as a bubble with its keyboard. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./keyboard.js";
import { media } from "./media.js";
import { rich } from "./rich.js";
import { clockTime, t } from "./words.js";

const LONELY = ["photo", "video", "animation", "sticker"];

/** A bubble; `phone` carries out what is pressed inside it. */
export function messageNode(message, phone) {
  const own = message.from !== "bot";
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities?.length ? message.entities : message.caption_entities;
  const picture = media(message);
  const bubble = h("div", { class: "bubble" },
    message.reply_to ? quote(message.reply_to, phone) : null,
    picture,
    text ? h("div", { class: "text" }, rich(text, entities, (what) => phone.act(what))) : null,
    meta(message, own));
  const lonely = !text && LONELY.some((kind) => message[kind]);
  const node = h("article", {
    class: `msg ${own ? "out" : "in"}`,
    data: { messageId: message.message_id },
    "aria-label": `${t("message_of", { name: own ? t("you") : phone.store.bot.name || t("bot") })}, ${clockTime(message.date)}`,
  }, bubble, inlineKeyboard(message, phone));
  node.classList.toggle("lonely", lonely);
  node.classList.toggle("bare", Boolean(message.sticker) || isBigEmoji(text, picture));
  node.classList.toggle("with-photo", Boolean(message.photo || message.video));
  node.classList.toggle("filed", !text && !lonely && Boolean(picture));
  bubble.append(actionsButton(message, own, phone));
  bubble.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, button, img")) return;
    event.preventDefault();
    phone.messageMenu(message, own, bubble.querySelector(".msg-more"));
  });
  return node;
}

const isBigEmoji = (text, picture) => !picture && /^\p{Extended_Pictographic}\uFE0F?$/u.test(text);

function actionsButton(message, own, phone) {
  const button = h("button", { class: "msg-more", "aria-label": t("message_actions"), "aria-haspopup": "menu" }, icon("down"));
  button.addEventListener("click", () => phone.messageMenu(message, own, button));
  return button;
}

function meta(message, own) {
  const time = new Date(message.date * 1000).toISOString();
  return h("span", { class: "meta" },
    message.edited ? h("span", { class: "edited" }, t("edited")) : null,
    h("time", { datetime: time }, clockTime(message.date)),
    own ? h("span", { class: "sent", role: "img", "aria-label": t("sent") }, icon("read")) : null);
}

function quote(replyTo, phone) {
  const id = typeof replyTo === "object" ? replyTo.message_id : replyTo;
  const origin = phone.message(id);
  if (!origin) return null;
  const author = origin.from === "bot" ? phone.store.bot.name || t("bot") : t("you");
  return h("button", { class: "quote", on: { click: () => phone.log.reveal(id) } },
    h("b", null, author), h("span", null, summary(origin)));
}

/** One line that names a message, for quotes and for the bar above the input. */
export function summary(message) {
  const kind = ["photo", "video", "voice", "sticker", "location", "contact"].find((name) => message[name]);
  return message.text || message.caption || message.document?.file_name || (kind ? t(kind) : t("file"));
}

/** What the person sent and the server has not taken yet. */
export function pendingNode(item, retry) {
  const failed = item.state === "failed";
  return h("article", { class: `msg out pending ${item.state}`, "aria-label": t("sending") },
    h("div", { class: "bubble" }, h("div", { class: "text" }, item.label),
      h("span", { class: "meta" }, h("time", null, clockTime(item.at)), icon("clock"))),
    failed ? h("button", { class: "key retry", on: { click: retry } }, h("span", { class: "key-label" }, t("retry"))) : null);
}
