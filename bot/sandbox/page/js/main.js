/** Puts the page together. */

import { api } from "./api.js";
import { Calls } from "./calls.js";
import { Deck } from "./deck.js";
import { Live } from "./live.js";
import { personForm } from "./person_form.js";
import { applyTheme, pref } from "./prefs.js";
import { Store } from "./store.js";
import { TopBar } from "./topbar.js";
import { loadWords, setLanguage, setZone, t } from "./words.js";

const part = (id) => document.getElementById(id);

applyTheme();
await loadWords();

const store = new Store();
const deck = new Deck(store, part("deck"), part("tabs"));
const calls = new Calls(store, part("calls"), () => bar.draw());
let guide;
const bar = new TopBar(store, part("bar"), {
  deck,
  calls,
  addPerson: () => personForm((person) => {
    store.putPerson(person);
    deck.show(person.id);
  }),
  setLanguage(code) {
    setLanguage(code);
    bar.draw();
    deck.redraw();
    calls.draw();
    guide?.draw();
    lostNotice();
  },
});

function lostNotice() {
  part("lost").hidden = store.link !== "lost";
  part("lost").textContent = t("offline_self");
}

store.on("link", lostNotice);
store.on("bot", () => pref("tz") ?? setZone(store.zone));
store.on("forgotten", () => calls.restart());
new Live(store).start();

/** The guided tour is fetched only where somebody guides. */
const tour = await api.guide().catch(() => ({}));
if (Object.keys(tour).length) {
  const { Guide } = await import("../guide/guide.js");
  guide = new Guide(store, deck, part("lost"));
}
