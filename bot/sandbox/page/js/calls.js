/** A drawer with the bot's calls to the Bot API as they happen; refused ones are red. */

import { api } from "./api.js";
import { h, sleep } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime, t } from "./words.js";

const EVERY_MS = 1000;
const MOST = 400;
const QUIET = new Set(["getUpdates"]);

export class Calls {
  open = false;
  #last = 0;
  #round = 0;

  constructor(store, drawer, changed) {
    this.store = store;
    this.drawer = drawer;
    this.changed = changed;
    this.list = h("ol", { class: "call-list", tabindex: "0" });
    this.errorsOnly = h("input", { type: "checkbox", on: { change: () => this.list.classList.toggle("errors-only", this.errorsOnly.checked) } });
  }

  toggle() {
    this.open = !this.open;
    this.drawer.hidden = !this.open;
    this.changed();
    if (!this.open) return;
    this.draw();
    this.#follow();
  }

  draw() {
    if (!this.open) return;
    this.drawer.setAttribute("aria-label", t("call_log"));
    this.list.setAttribute("aria-label", t("call_log"));
    this.list.dataset.empty = t("no_calls");
    this.drawer.replaceChildren(
      h("header", null, h("h2", null, t("call_log")), h("label", null, this.errorsOnly, t("errors_only")),
        h("button", { class: "round", "aria-label": t("close"), on: { click: () => this.toggle() } }, icon("close"))),
      this.list);
  }

  async #follow() {
    this.#round += 1;
    const round = this.#round;
    while (this.open && round === this.#round) {
      try {
        this.#add(await api.calls(this.#last));
      } catch {
        // The bar already says that the server is away; the log goes on when it is back.
      }
      await sleep(EVERY_MS);
    }
  }

  #add(answer) {
    const calls = Array.isArray(answer) ? answer : answer.calls;
    if (!calls.length) return;
    const atEnd = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
    this.#last = calls.at(-1).seq;
    this.list.append(...calls.filter((call) => !QUIET.has(call.method) || failed(call)).map(row));
    while (this.list.children.length > MOST) this.list.firstChild.remove();
    if (atEnd) this.list.scrollTop = this.list.scrollHeight;
  }

  /** A restarted server numbers its calls anew. */
  restart() {
    this.#last = 0;
    this.list.replaceChildren();
  }
}

const failed = (call) => Boolean(call.error) || call.status >= 400;

function row(call) {
  const chat = call.params?.chat_id ? ` ${call.params.chat_id}` : "";
  const error = call.error ? h("p", { class: "call-error" }, typeof call.error === "string" ? call.error : call.error.description ?? "") : null;
  return h("li", { class: failed(call) ? "failed" : null },
    h("details", null,
      h("summary", null, h("time", null, clockTime(call.at, true)), h("b", null, call.method), h("span", { class: "call-chat" }, chat),
        h("span", { class: "call-status" }, String(call.status ?? "…"))),
      h("pre", null, JSON.stringify(call.params ?? {}, null, 1))),
    error);
}
