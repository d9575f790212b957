/** The dialog that adds a person. */

import { api } from "./api.js";
import { h } from "./dom.js";
import { t } from "./words.js";

const LANGUAGES = ["kk", "ru", "en"];

/** Opens the dialog; `added` gets the new person. */
export function personForm(added) {
  const field = (name, props = {}) => h("label", null, h("span", null, t(name)), h("input", { name, maxlength: 64, autocomplete: "off", ...props }));
  const refusal = h("p", { class: "refusal", role: "alert" });
  const languages = h("fieldset", { class: "choice" }, h("legend", null, t("app_language", { code: "" }).replace(/[:\s]+$/, "")),
    LANGUAGES.map((code, at) => h("label", null, h("input", { type: "radio", name: "language_code", value: code, checked: at === 0 }), h("span", null, code))));
  const form = h("form", { method: "dialog" },
    h("h2", null, t("add_person")),
    h("div", { class: "two" }, field("first_name", { required: true }), field("last_name")),
    h("div", { class: "two" }, field("role"), field("username", { pattern: "[A-Za-z][A-Za-z0-9_]{3,31}" })),
    h("div", { class: "two" }, field("start_code", { name: "start", pattern: "[A-Za-z0-9_\\-]{1,64}" }), field("avatar", { maxlength: 8 })),
    languages, refusal,
    h("div", { class: "ask-buttons" },
      h("button", { class: "button", on: { click: () => dialog.close() } }, t("cancel")),
      h("button", { type: "submit", class: "button main" }, t("add"))));
  const dialog = h("dialog", { class: "sheet", "aria-label": t("add_person") }, form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const filled = [...new FormData(form)].filter(([, value]) => value.trim());
    try {
      const person = await api.addPerson(Object.fromEntries(filled));
      dialog.close();
      added(person);
    } catch (error) {
      refusal.textContent = t("failed", { reason: error.message });
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
