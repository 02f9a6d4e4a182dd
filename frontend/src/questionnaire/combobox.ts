/** A text field that offers matching options below it (ARIA 1.2 combobox with a list). Marks are not needed to match. */

import { h, onTyping } from "./dom.ts";
import { type Language, say } from "./language.ts";
import { fold } from "./values.ts";

export interface ComboboxSettings {
  id: string;
  labels: string[];
  describedBy: string | undefined;
  text: string;
  disabled: boolean;
  language: Language;
  /** index of the option, -1 for text that is none of them. */
  changed: (index: number, text: string) => void;
}

const SHOWN = 12;

/** [field, wrapper]: the wrapper holds the field, its list and a live line that counts the matches. */
export function combobox(settings: ComboboxSettings): [HTMLInputElement, HTMLElement] {
  const { id, labels, language } = settings;
  const list = h("ul", { id: `${id}-list`, role: "listbox", class: "as-combobox__list", hidden: true });
  const status = h("span", { class: "nhsuk-u-visually-hidden", role: "status" });
  const field = h("input", {
    id, class: "nhsuk-input as-combobox__input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
    "aria-describedby": settings.describedBy, value: settings.text, disabled: settings.disabled,
  });
  const keys = labels.map(fold);
  let matches: number[] = [];
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const choose = (index: number) => {
    field.value = labels[index] ?? "";
    close();
    settings.changed(index, field.value);
  };
  const highlight = (position: number) => {
    active = position;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    const option = list.children[active];
    if (option) field.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  };
  const offer = () => {
    const words = fold(field.value).split(" ");
    matches = keys.flatMap((key, index) => (words.every((word) => key.includes(word)) ? [index] : [])).slice(0, SHOWN);
    list.replaceChildren(...matches.map((index, n) => {
      const option = h("li", { id: `${id}-option-${n}`, role: "option", class: "as-combobox__option", "aria-selected": "false" }, labels[index]);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(index);
      });
      return option;
    }));
    list.hidden = matches.length === 0;
    field.setAttribute("aria-expanded", String(matches.length > 0));
    status.textContent = matches.length > 0 ? say(language, "found", { count: matches.length }) : say(language, "notFound");
    active = -1;
  };

  onTyping(field, () => {
    offer();
    settings.changed(keys.indexOf(fold(field.value)), field.value);
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) offer();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (matches.length > 0) highlight((active + step + matches.length) % matches.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(matches[active] ?? -1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  return [field, h("div", { class: "as-combobox" }, field, list, status)];
}
