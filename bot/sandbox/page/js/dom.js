/** Building elements. Text always becomes a text node: nothing in this page assigns HTML. */

/** Creates an element; `on` holds listeners, `data` the dataset, false and null leave an attribute out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  if (tag === "button") node.type = "button";
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, fn] of Object.entries(value)) node.addEventListener(event, fn);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "value") node.value = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

/** Leads the keyboard focus through `items` with the arrow keys, Home and End. */
export function arrowKeys(container, items, { horizontal = false } = {}) {
  const [back, on] = horizontal ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  container.addEventListener("keydown", (event) => {
    const list = items();
    const here = list.indexOf(document.activeElement);
    const goal = { [back]: here - 1, [on]: here + 1, Home: 0, End: list.length - 1 }[event.key];
    if (goal === undefined || !list.length) return;
    event.preventDefault();
    list[(goal + list.length) % list.length].focus();
  });
}

/** Shows a message box `seconds` long, then removes it. */
export function passing(parent, node, seconds) {
  parent.append(node);
  setTimeout(() => node.remove(), seconds * 1000);
}

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

const HUES = [199, 262, 24, 152, 338, 221, 46, 176];

/** A round picture of a person: the emoji, or initials on a colour that stays the same for an id. */
export function avatar(person) {
  const given = person.avatar ?? "";
  const colour = /^#[0-9a-f]{3,8}$/i.test(given) ? given : null;
  const initials = [person.first_name, person.last_name].map((part) => [...(part ?? "")][0] ?? "").join("");
  const node = h("span", { class: "avatar", "aria-hidden": "true" }, colour || !given ? initials : given);
  node.classList.toggle("emoji", Boolean(given && !colour));
  if (colour) node.style.background = colour;
  else node.style.setProperty("--hue", HUES[Math.abs(person.id) % HUES.length]);
  return node;
}

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");
