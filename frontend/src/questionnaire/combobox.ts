/** A text field that offers matching options below it (ARIA 1.2 combobox with a list). Marks are not needed to match. */

import { h, onTyping } from "./dom.ts";
import { type Language, say } from "./language.ts";
import { fold } from "./values.ts";

export interface ComboboxSettings {
  id: string;
  /** Name of the question, for the list. */
  name: string;
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
  const made = new Combobox(settings);
  return [made.field, made.wrapper];
}

class Combobox {
  readonly field: HTMLInputElement;
  readonly wrapper: HTMLElement;
  readonly #settings: ComboboxSettings;
  readonly #list: HTMLElement;
  readonly #status = h("span", { class: "nhsuk-u-visually-hidden", role: "status" });
  readonly #keys: string[];
  #matches: number[] = [];
  #active = -1;

  constructor(settings: ComboboxSettings) {
    const { id, labels } = settings;
    this.#settings = settings;
    this.#keys = labels.map(fold);
    this.#list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": settings.name, class: "as-combobox__list", hidden: true });
    this.field = h("input", {
      id, class: "nhsuk-input as-combobox__input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": `${id}-list`,
      "aria-describedby": settings.describedBy, value: settings.text, disabled: settings.disabled,
    });
    this.wrapper = h("div", { class: "as-combobox" }, this.field, this.#list, this.#status);
    onTyping(this.field, () => this.#typed());
    this.field.addEventListener("blur", () => this.#close());
    this.field.addEventListener("keydown", (event) => this.#key(event));
  }

  #typed(): void {
    this.#offer();
    this.#settings.changed(this.#keys.indexOf(fold(this.field.value)), this.field.value);
  }

  #offer(): void {
    const words = fold(this.field.value).split(" ");
    const found = this.#keys.flatMap((key, index) => (words.every((word) => key.includes(word)) ? [index] : []));
    this.#matches = found.slice(0, SHOWN);
    this.#list.replaceChildren(...this.#matches.map((index, n) => this.#option(index, n)));
    this.#list.hidden = found.length === 0;
    this.field.setAttribute("aria-expanded", String(found.length > 0));
    const { language } = this.#settings;
    this.#status.textContent = found.length > 0 ? say(language, "found", { count: found.length }) : say(language, "notFound");
    this.#active = -1;
  }

  #option(index: number, n: number): HTMLElement {
    const attributes = { id: `${this.#settings.id}-option-${n}`, role: "option", class: "as-combobox__option", "aria-selected": "false" };
    const option = h("li", attributes, this.#settings.labels[index]);
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#choose(index);
    });
    return option;
  }

  #choose(index: number): void {
    this.field.value = this.#settings.labels[index] ?? "";
    this.#close();
    this.#settings.changed(index, this.field.value);
  }

  #close(): void {
    this.#list.hidden = true;
    this.#active = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  #highlight(position: number): void {
    this.#active = position;
    [...this.#list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === position)));
    const option = this.#list.children[position];
    if (option) this.field.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step) this.#walk(step);
    else if (event.key === "Enter" && this.#active >= 0) this.#choose(this.#matches[this.#active] ?? -1);
    else if (event.key === "Escape" && !this.#list.hidden) this.#close();
    else return;
    event.preventDefault();
  }

  #walk(step: number): void {
    if (this.#list.hidden) this.#offer();
    const count = this.#matches.length;
    if (count > 0) this.#highlight(this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count);
  }
}
