/** Words of the page itself and how it writes dates; what bots and people write is never touched. */

import { keep, pref } from "./prefs.js";

let labels = {};
let code = "en";
let zone = undefined;

export async function loadWords() {
  labels = await (await fetch("/page/labels.json")).json();
  const wish = [pref("lang"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  code = wish.find((tag) => tag in labels) ?? "en";
  document.documentElement.lang = code;
  setZone(pref("tz"));
}

/** Shows times in an IANA zone; an unknown or empty name means the browser's own. */
export function setZone(name) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name || undefined });
    zone = name || undefined;
  } catch {
    zone = undefined;
  }
}

export const languages = () => Object.entries(labels).map(([tag, words]) => ({ code: tag, name: words._name }));

export function addWords(more) {
  for (const tag in more) Object.assign(labels[tag], more[tag]);
}

export const language = () => code;

export function setLanguage(tag) {
  code = tag;
  keep("lang", tag);
  document.documentElement.lang = tag;
}

/** The label with its {placeholders} filled. */
export function t(key, params = {}) {
  const text = labels[code]?.[key] ?? labels.en?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => params[name] ?? whole);
}

function parts(seconds) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "numeric", day: "numeric",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  return Object.fromEntries(format.formatToParts(new Date(seconds * 1000)).map((part) => [part.type, part.value]));
}

export function clockTime(seconds, withSeconds = false) {
  const at = parts(seconds);
  return withSeconds ? `${at.hour}:${at.minute}:${at.second}` : `${at.hour}:${at.minute}`;
}

export function dayKey(seconds) {
  const at = parts(seconds);
  return `${at.year}-${at.month}-${at.day}`;
}

/** "21 November": month names come from labels.json, because browsers ship without Kazakh ones. */
export function dayName(seconds) {
  const at = parts(seconds);
  return `${at.day} ${labels[code].months[at.month - 1]}`;
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  const step = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : 2;
  return `${(bytes / 1024 ** step).toFixed(step === 2 ? 1 : 0)} ${labels[code].sizes[step]}`;
}
