/** What one phone still has to send: strictly in order, through lost connections. */

import { Refused } from "./api.js";

const PATIENCE_MS = 250;
const RETRY_MS = 2000;

export class Outbox {
  #chain = Promise.resolve();
  #count = 0;

  constructor(store, id) {
    this.store = store;
    this.id = id;
  }

  get #items() {
    return this.store.chat(this.id).outbox;
  }

  /** Sends by `run`; `label` is what the waiting bubble says if it takes longer than a moment. */
  push(label, run) {
    this.#count += 1;
    const item = { key: `out ${this.#count}`, label, run, at: this.store.now(), state: "waiting", visible: false };
    this.#items.push(item);
    setTimeout(() => {
      item.visible = true;
      this.#changed();
    }, PATIENCE_MS);
    this.flush();
  }

  /** Tries what waits; with `again`, also what was refused. */
  flush(again = false) {
    for (const item of this.#items) if (again && item.state === "failed") item.state = "waiting";
    this.#chain = this.#chain.then(() => this.#drain());
  }

  async #drain() {
    for (const item of [...this.#items]) {
      if (item.state !== "waiting") continue;
      try {
        this.#sent(item, await item.run());
      } catch (error) {
        if (!(error instanceof Refused)) {
          setTimeout(() => this.flush(), RETRY_MS);
          return;
        }
        item.state = "failed";
        item.visible = true;
        this.store.emit(`notice:${this.id}`, { failure: error.message });
        this.#changed();
      }
    }
  }

  /** In airplane mode the server keeps the message; its bubble waits here until the phone is back. */
  #sent(item, answer) {
    if (answer?.queued) item.state = "queued";
    else this.#items.splice(this.#items.indexOf(item), 1);
    this.#changed();
  }

  /** The phone is online again: the server has sent what it kept. */
  landed() {
    const chat = this.store.chat(this.id);
    const taps = [...chat.taps.keys()].filter((tap) => tap.startsWith("queued"));
    if (!taps.length && !chat.outbox.some((item) => item.state === "queued")) return;
    chat.outbox = chat.outbox.filter((item) => item.state !== "queued");
    taps.forEach((tap) => chat.taps.delete(tap));
    this.store.emit(`chat:${this.id}`);
  }

  #changed() {
    this.store.emit(`chat:${this.id}`);
  }
}
