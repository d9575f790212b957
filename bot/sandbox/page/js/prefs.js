/** What the page remembers in this browser. A browser that keeps nothing is fine too. */

const KEY = "sandbox-page";

function stored() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

const asked = new URLSearchParams(location.search);
const kept = stored();

/** The address (?lang=kk&theme=dark&tz=Asia/Almaty) wins over what was kept. */
export const pref = (name) => asked.get(name) ?? kept[name] ?? null;

export function keep(name, value) {
  kept[name] = value;
  asked.delete(name);
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Private windows refuse storage: the choice then lasts as long as the page.
  }
}

const dark = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (pref("theme") ? pref("theme") === "dark" : dark.matches);

export function applyTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
}

dark.addEventListener("change", applyTheme);
