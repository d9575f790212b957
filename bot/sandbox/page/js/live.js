/** The stream of events: keeps it open for ever, and brings the store up to date after every break. */

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 4000;

export class Live {
  #last = null;
  #wait = FIRST_WAIT_MS;
  #source = null;
  #early = null;
  #reading = false;
  #again = false;

  constructor(store) {
    this.store = store;
  }

  start() {
    addEventListener("online", () => this.#connect());
    this.#connect();
  }

  #connect() {
    this.#source?.close();
    const source = new EventSource(`/sandbox/events${this.#last === null ? "" : `?since=${this.#last}`}`);
    this.#source = source;
    this.#early = [];
    source.onopen = () => this.#catchUp();
    source.onmessage = (event) => source === this.#source && this.#hear(event);
    source.onerror = () => this.#lost(source);
  }

  /** Events that come while the state is being read wait, so that an older answer cannot undo them. */
  async #catchUp() {
    this.#early ??= [];
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.store.refresh();
      }
    } catch {
      this.#lost(this.#source);
      return;
    } finally {
      this.#reading = false;
    }
    if (!this.#source) return;
    for (const data of this.#early) this.#take(data);
    this.#early = null;
    this.#wait = FIRST_WAIT_MS;
    this.store.setLink("live");
  }

  /** The browser's own retry gives up on some errors, so every break is answered here with a new stream. */
  #lost(source) {
    if (!source || source !== this.#source) return;
    source.close();
    this.#source = null;
    this.store.setLink("lost");
    setTimeout(() => this.#source ?? this.#connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 1.6, LONGEST_WAIT_MS);
  }

  #hear(event) {
    const data = JSON.parse(event.data);
    if (event.lastEventId) this.#last = event.lastEventId;
    if (data.type === "reset") this.#forgotten();
    else if (this.#early) this.#early.push(data);
    else this.#take(data);
  }

  /** The server was restarted or emptied: its numbers begin anew, and so does all that hangs on them. */
  #forgotten() {
    this.store.emit("forgotten");
    this.#catchUp();
  }

  #take(data) {
    if (data.chat_id === undefined || this.store.people.has(data.chat_id)) TAKE[data.type]?.(this.store, data);
  }
}

const TAKE = {
  message: (store, event) => store.putMessage(event.chat_id, event.message, event.unread),
  edit: (store, event) => store.putMessage(event.chat_id, event.message),
  delete: (store, event) => store.dropMessages(event.chat_id, event.message_ids),
  typing: (store, event) => store.showTyping(event.chat_id),
  query: (store, event) => store.putQuery(event.chat_id, event.query),
  person: (store, event) => store.putPerson(event.person),
  bot: (store, event) => store.putBot(event.bot),
  clock: (store, event) => store.setClock(event.now),
};
