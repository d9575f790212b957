"use strict";
const root = document.documentElement;
const live = document.getElementById("live");

const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (kept) root.dataset.theme = kept;
document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a browser without a memory */ }
});
document.querySelector("[data-submits]")?.addEventListener("change", (event) => event.target.form.submit());
document.querySelector("[data-submits-itself]")?.submit();

function place() {
  for (const mark of document.querySelectorAll("[data-x]")) mark.style.left = `${mark.dataset.x / 10}%`;
}

let ahead = 0; /* how far the server's clock is ahead of this one, in milliseconds */
function count() {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const left = Math.max(0, Math.round((Date.parse(time.dateTime) - Date.now() - ahead) / 1000));
    const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
    const two = (number) => String(number).padStart(2, "0");
    time.textContent = hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  }
}

function freshen(parts) {
  for (const [id, digest, html] of parts) {
    const part = document.getElementById(id);
    if (!part || part.dataset.digest === digest) continue;
    part.dataset.digest = digest;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const scrolled = part.querySelector(".scroll")?.scrollLeft;
    part.innerHTML = html;
    if (focused) part.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    if (scrolled) part.querySelector(".scroll").scrollLeft = scrolled;
    part.classList.remove("fresh");
    void part.offsetWidth;
    part.classList.add("fresh");
  }
  place();
  count();
}

function listen(address, pause = 3000) {
  const link = document.getElementById("link");
  const say = (state) => { link.className = `pulse ${state}`; link.textContent = link.dataset[state]; };
  const have = [...document.querySelectorAll("[data-digest]")].map((part) => `${part.id}:${part.dataset.digest}`);
  const source = new EventSource(`${address}${address.includes("?") ? "&" : "?"}have=${have}`);
  source.addEventListener("open", () => { pause = 3000; say("live"); });
  source.addEventListener("error", () => {
    source.close(); /* opened anew with what the page shows by then */
    say("lost");
    setTimeout(() => listen(address, Math.min(2 * pause, 60000)), pause);
  });
  source.addEventListener("parts", (event) => freshen(JSON.parse(event.data)));
  source.addEventListener("clock", (event) => { ahead = Date.parse(event.data) - Date.now(); });
  source.addEventListener("gone", () => { source.close(); location.assign("/board"); });
}

async function enterApp(place) {
  const said = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  const answer = said && await fetch("/board/app", { method: "POST", body: new URLSearchParams({ said }) }).catch(() => null);
  if (answer && answer.ok) location.replace("/board");
  else place.textContent = place.dataset.refused;
}

if (live?.dataset.events) {
  place();
  count();
  setInterval(count, 1000);
  listen(live.dataset.events);
}
const app = document.getElementById("app");
if (app) enterApp(app);
