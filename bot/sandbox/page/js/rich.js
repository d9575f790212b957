/** Formatted text as DOM nodes. Offsets of entities count UTF-16 units, as JavaScript strings do. */

import { h } from "./dom.js";
import { t } from "./words.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;

/** The address when it is one a chat may open, else null: javascript:, data: and the like never become links. */
export function safeLink(address) {
  const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`;
  return SAFE_LINK.test(full) && URL.canParse(full) ? full : null;
}

/**
 * Builds `text` with its entities. `act` gets what a person presses inside: {command} or {link, text}.
 * Entities that reach outside the text or outside their parent are cut, never trusted.
 */
export function rich(text, entities, act) {
  const sorted = (entities ?? [])
    .filter((entity) => entity.length > 0 && entity.offset >= 0 && entity.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  return build(text, 0, text.length, sorted, act);
}

function build(text, from, to, entities, act) {
  const nodes = [];
  let here = from;
  for (let i = 0; i < entities.length; i += 1) {
    const entity = entities[i];
    const begin = Math.max(entity.offset, here);
    const end = Math.min(entity.offset + entity.length, to);
    if (begin >= end) continue;
    const inside = entities.slice(i + 1).filter((other) => other.offset < end);
    if (begin > here) nodes.push(text.slice(here, begin));
    nodes.push(wrap(entity, text.slice(begin, end), build(text, begin, end, inside, act), act));
    here = isBlock(entity) && text[end] === "\n" ? end + 1 : end;
  }
  if (here < to) nodes.push(text.slice(here, to));
  return nodes;
}

const isBlock = (entity) => ["pre", "blockquote", "expandable_blockquote"].includes(entity.type);

function wrap(entity, text, inside, act) {
  if (entity.type in TAGS) return h(TAGS[entity.type], null, inside);
  switch (entity.type) {
    case "pre":
      return h("pre", entity.language ? { "data-language": entity.language } : null, h("code", null, inside));
    case "blockquote":
      return h("blockquote", null, inside);
    case "expandable_blockquote":
      return expandable(inside);
    case "spoiler":
      return spoiler(inside);
    case "bot_command":
      return h("button", { class: "inline-act", on: { click: () => act({ command: text }) } }, inside);
    case "url":
    case "text_link":
    case "email":
    case "phone_number":
    case "mention":
    case "text_mention":
      return link(entity, text, inside, act);
    default:
      return h("span", { class: "plain" }, inside);
  }
}

function address(entity, text) {
  if (entity.type === "text_link") return entity.url ?? "";
  if (entity.type === "email") return `mailto:${text}`;
  if (entity.type === "phone_number") return `tel:${text.replace(/[^+\d]/g, "")}`;
  if (entity.type === "mention") return `https://t.me/${text.slice(1)}`;
  if (entity.type === "text_mention") return "";
  return text;
}

function link(entity, text, inside, act) {
  const href = safeLink(address(entity, text));
  if (!href || entity.type === "text_mention") return h("span", { class: "plain" }, inside);
  const node = h("a", { href, target: "_blank", rel: "noopener noreferrer" }, inside);
  node.addEventListener("click", (event) => {
    if (!act({ link: href, masked: entity.type === "text_link" })) return;
    event.preventDefault();
  });
  return node;
}

/** Makes `node` work by press, Enter and Space alike. */
function pressable(node, act) {
  node.addEventListener("click", act);
  node.addEventListener("keydown", (event) => {
    if (event.target !== node || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    act();
  });
  return node;
}

function spoiler(inside) {
  const node = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("hidden_text") }, h("span", null, inside));
  return pressable(node, () => {
    node.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  });
}

function expandable(inside) {
  const quote = h("blockquote", { class: "folded", role: "button", tabindex: "0", "aria-expanded": "false" }, inside);
  return pressable(quote, () => quote.setAttribute("aria-expanded", String(!quote.classList.toggle("folded"))));
}
