/** What the page knows of the sandbox, and who wants to hear of changes. */

import { api, Refused } from "./api.js";

const TYPING_SECONDS = 5;
const QUERY_CHECK_MS = 5000;

export class Store {
  people = new Map();
  chats = new Map();
  bot = { name: "", username: "", description: "" };
  link = "connecting";
  zone = null;
  #ahead = 0;
  #listeners = new Map();

  /** Calls `fn` at each change of a topic: people, bot, clock, link, person:ID, chat:ID, notice:ID. */
  on(topic, fn) {
    if (!this.#listeners.has(topic)) this.#listeners.set(topic, new Set());
    this.#listeners.get(topic).add(fn);
    return () => this.#listeners.get(topic)?.delete(fn);
  }

  emit(topic, detail) {
    for (const fn of [...(this.#listeners.get(topic) ?? [])]) fn(detail);
    if (topic.startsWith("chat:")) this.emit("news");
  }

  chat(id) {
    if (!this.chats.has(id)) {
      this.chats.set(id, { messages: new Map(), outbox: [], taps: new Map(), typing: false, timer: 0 });
    }
    return this.chats.get(id);
  }

  /** The sandbox's clock, seconds since 1970. */
  now() {
    return Date.now() / 1000 + this.#ahead;
  }

  setClock(now) {
    this.#ahead = now - Date.now() / 1000;
    this.emit("clock");
  }

  putBot(bot) {
    this.bot = bot;
    this.emit("bot");
  }

  setLink(link) {
    this.link = link;
    this.emit("link");
  }

  /** Reads everything anew: what a restarted server has forgotten disappears here too. */
  async refresh() {
    const state = await api.state();
    this.setClock(state.now);
    this.bot = state.bot ?? this.bot;
    this.zone = state.timezone ?? null;
    const known = new Set(state.people.map((person) => person.id));
    for (const id of [...this.people.keys()]) if (!known.has(id)) this.#forget(id);
    for (const person of state.people) this.people.set(person.id, person);
    this.emit("bot");
    this.emit("people");
    await Promise.all([...known].map((id) => this.refreshChat(id)));
    return state;
  }

  #forget(id) {
    this.people.delete(id);
    this.chats.delete(id);
  }

  async refreshChat(id) {
    const list = await api.messages(id);
    const chat = this.chat(id);
    chat.messages = new Map(list.map((message) => [message.message_id, message]));
    for (const query of chat.taps.keys()) if (/^\d/.test(query)) this.checkQuery(id, query);
    this.emit(`person:${id}`);
    this.emit(`chat:${id}`);
  }

  putPerson(person) {
    const known = this.people.has(person.id);
    this.people.set(person.id, { ...this.people.get(person.id), ...person });
    this.emit(known ? `person:${person.id}` : "people");
  }

  putMessage(id, message, unread) {
    const chat = this.chat(id);
    const fresh = !chat.messages.has(message.message_id);
    chat.messages.set(message.message_id, message);
    if (message.from === "bot") this.#hush(chat);
    if (unread !== undefined) this.putPerson({ id, unread });
    this.emit(`chat:${id}`, { arrived: fresh ? message : null });
  }

  dropMessages(id, messageIds) {
    for (const messageId of messageIds) this.chat(id).messages.delete(messageId);
    this.emit(`chat:${id}`);
  }

  unread(id) {
    return this.people.get(id)?.unread ?? 0;
  }

  /** The person has seen the newest messages. */
  markRead(id) {
    if (!this.unread(id)) return;
    this.putPerson({ id, unread: 0 });
    api.read(id).catch(() => {});
  }

  #hush(chat) {
    clearTimeout(chat.timer);
    chat.typing = false;
  }

  showTyping(id) {
    const chat = this.chat(id);
    this.#hush(chat);
    chat.typing = true;
    chat.timer = setTimeout(() => {
      chat.typing = false;
      this.emit(`chat:${id}`);
    }, TYPING_SECONDS * 1000);
    this.emit(`chat:${id}`);
  }

  /** A query is under way or has been answered, whoever tapped: this page, another one or a program. */
  putQuery(id, query) {
    if (query.answered) this.endTap(id, query.id, query);
    else if (!this.chat(id).taps.has(query.id)) this.beginTap(id, query.id, query.message_id, this.#placeOf(id, query));
  }

  #placeOf(id, { message_id: messageId, data }) {
    const rows = this.chat(id).messages.get(messageId)?.keyboard?.inline ?? [];
    for (const [y, row] of rows.entries()) for (const [x, key] of row.entries()) if (key.callback_data === data) return `${y}.${x}`;
    return "";
  }

  /** The button at `place` of a message spins until `endTap`. */
  beginTap(id, query, messageId, place) {
    const { taps } = this.chat(id);
    if (!taps.has(query)) this.#watch(id, query);
    taps.set(query, { messageId, place });
    this.emit(`chat:${id}`);
  }

  #watch(id, query) {
    setTimeout(async () => {
      if (!this.chat(id).taps.has(query)) return;
      await this.checkQuery(id, query);
      this.#watch(id, query);
    }, QUERY_CHECK_MS);
  }

  /** Asks for an answer that the stream may have missed; a query nobody knows any more is over too. */
  async checkQuery(id, query) {
    if (this.people.get(id)?.online === false) return;
    try {
      const answer = await api.query(query);
      if (answer.answered || answer.expired) this.endTap(id, query, answer);
    } catch (error) {
      if (error instanceof Refused) this.endTap(id, query, {});
    }
  }

  /** The bot answered a tap: the spinner stops, what it said is shown. Late or repeated answers are ignored. */
  endTap(id, query, answer) {
    const chat = this.chat(id);
    if (!chat.taps.delete(query)) return;
    this.emit(`chat:${id}`);
    if (answer.text || answer.url) this.emit(`notice:${id}`, answer);
  }
}
