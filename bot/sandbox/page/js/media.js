/** Photos, files, voice and the rest of what a message can carry besides text. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { fileSize, t } from "./words.js";

const KINDS = ["photo", "video", "video_note", "animation", "document", "voice", "audio", "sticker", "location", "venue", "contact"];

/** What to draw above the text of a message, or null. */
export function media(message) {
  const kind = KINDS.find((name) => message[name]);
  if (!kind) return null;
  const part = Array.isArray(message[kind]) ? message[kind].at(-1) : message[kind];
  return (DRAW[kind] ?? attachment)(part, kind);
}

const DRAW = { photo, video: player, video_note: player, animation: player, voice: player, audio: player, sticker, location, venue: location, contact };

function fileName(part, kind) {
  if (part.file_name) return part.file_name;
  const last = decodeURIComponent((part.url ?? part.file_path ?? "").split("/").at(-1) ?? "");
  return last.includes(".") ? last : t(kind in DRAW ? kind : "file");
}

function attachment(part, kind) {
  const name = fileName(part, kind);
  const ending = name.includes(".") ? name.split(".").at(-1).slice(0, 4) : "";
  return h("a", { class: "attachment", href: part.url, download: name, "aria-label": `${t("download")}: ${name}` },
    h("span", { class: "attachment-sign" }, ending || icon("file"), h("span", { class: "attachment-load" }, icon("download"))),
    h("span", { class: "attachment-words" }, h("b", null, name), h("small", null, fileSize(part.file_size))));
}

function photo(part) {
  const name = fileName(part, "photo");
  const image = h("img", { src: part.url, alt: name, loading: "lazy", width: part.width, height: part.height });
  const frame = h("button", { class: "photo", "aria-label": `${t("photo")}: ${name}`, on: { click: () => lightbox(part, name) } }, image);
  image.addEventListener("error", () => frame.replaceWith(attachment({ ...part, file_name: name }, "photo")));
  return frame;
}

function lightbox(part, name) {
  const box = h("dialog", { class: "lightbox", "aria-label": name },
    h("img", { src: part.url, alt: name }),
    h("p", null,
      h("span", null, name),
      h("a", { class: "button", href: part.url, download: name }, icon("download"), t("download")),
      h("button", { class: "button", on: { click: () => box.close() } }, icon("close"), t("close"))));
  box.addEventListener("click", (event) => event.target === box && box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

/** Something to play, with its file below. */
function player(part, kind) {
  const name = fileName(part, kind);
  const tag = kind === "voice" || kind === "audio" ? "audio" : "video";
  return [h(tag, { class: "clip", src: part.url, controls: true, preload: "none", "aria-label": name }), attachment({ ...part, file_name: name }, kind)];
}

function sticker(part) {
  return h("span", { class: "sticker", role: "img", "aria-label": t("sticker") }, part.emoji ?? icon("sticker"));
}

function location(part) {
  const at = part.location ?? part;
  const words = `${Number(at.latitude).toFixed(4)}, ${Number(at.longitude).toFixed(4)}`;
  return h("div", { class: "card" }, h("span", { class: "attachment-sign" }, icon("location")),
    h("span", { class: "attachment-words" }, h("b", null, part.title ?? t("location")), h("small", null, words)));
}

function contact(part) {
  return h("div", { class: "card" }, h("span", { class: "attachment-sign" }, icon("contact")),
    h("span", { class: "attachment-words" },
      h("b", null, [part.first_name, part.last_name].filter(Boolean).join(" ")), h("small", null, part.phone_number ?? "")));
}
