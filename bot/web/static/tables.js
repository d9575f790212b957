"use strict";
/* The theme that the reader chose on the board, else the browser's. */
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* a browser without a memory */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
/* Names for what the library's pages show by an icon alone. */
document.addEventListener("DOMContentLoaded", () => {
  const words = document.querySelector("main").dataset;
  document.getElementById("search-reset")?.setAttribute("aria-label", words.reset);
  const head = document.querySelector("table:not(.table-bordered) th:nth-child(2)");
  if (head && !head.textContent.trim()) head.append(Object.assign(document.createElement("span"), { className: "visually-hidden", textContent: words.view }));
});
